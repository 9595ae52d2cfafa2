public import MQTTClient
public import NIOCore

/// Reads the payload as UTF-8 text.
///
/// A handler of `String` messages decodes JSON strings unless it names this codec.
public struct TextMessageCodec: MessageCodec {
    /// Makes the codec.
    public init() {}

    /// Reads the text.
    ///
    /// - Parameters:
    ///   - payload: The bytes as they were published.
    ///   - properties: What travelled with them; not looked at.
    /// - Returns: The text.
    /// - Throws: ``WorkerError`` when the bytes are not well-formed UTF-8.
    public func decode(_ payload: ByteBuffer, properties: MQTTMessageProperties) throws -> String {
        guard let text = String(validating: payload.readableBytesView, as: UTF8.self) else {
            throw WorkerError(.undecodable, "the payload is not well-formed UTF-8")
        }
        return text
    }
}
