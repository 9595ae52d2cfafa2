public import NIOCore

extension Handler where Message: Decodable {
    /// Decodes JSON.
    public var codec: any MessageCodec<Message> { JSONMessageCodec<Message>() }
}

extension Handler where Message == ByteBuffer {
    /// Takes the bytes as they are.
    public var codec: any MessageCodec<ByteBuffer> { BufferMessageCodec() }
}

extension Handler where Message == [UInt8] {
    /// Takes the bytes as they are.
    public var codec: any MessageCodec<[UInt8]> { BytesMessageCodec() }
}
