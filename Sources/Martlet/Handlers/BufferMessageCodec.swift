public import MQTTClient
public import NIOCore

/// Hands the payload through as it is.
public struct BufferMessageCodec: MessageCodec {
    /// Makes the codec.
    public init() {}

    /// Gives the payload back.
    ///
    /// - Parameters:
    ///   - payload: The bytes as they were published.
    ///   - properties: What travelled with them; not looked at.
    /// - Returns: The same bytes.
    public func decode(_ payload: ByteBuffer, properties: MQTTMessageProperties) -> ByteBuffer {
        payload
    }
}
