public import MQTTClient
public import NIOCore

/// Turns the payload of a message into what a handler works with.
///
/// A message that can not be decoded goes to the dead letter topic at once: no attempt would decode it.
public protocol MessageCodec<Message>: Sendable {
    /// What payloads are decoded into.
    associatedtype Message

    /// Decodes one payload.
    ///
    /// - Parameters:
    ///   - payload: The bytes as they were published.
    ///   - properties: What travelled with them, for example the content type.
    /// - Returns: The message.
    /// - Throws: Any error when the payload is not what it should be.
    func decode(_ payload: ByteBuffer, properties: MQTTMessageProperties) throws -> Message
}
