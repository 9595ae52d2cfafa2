public import MQTTClient
public import NIOCore

/// Copies the payload into an array.
public struct BytesMessageCodec: MessageCodec {
    /// Makes the codec.
    public init() {}

    /// Copies the payload.
    ///
    /// - Parameters:
    ///   - payload: The bytes as they were published.
    ///   - properties: What travelled with them; not looked at.
    /// - Returns: The same bytes.
    public func decode(_ payload: ByteBuffer, properties: MQTTMessageProperties) -> [UInt8] {
        Array(payload.readableBytesView)
    }
}
