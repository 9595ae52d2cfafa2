/// How much may wait in the client to be sent or to be acknowledged by the server.
///
/// What is past a limit is refused with ``MQTTClientError/Code/queueFull`` at once.
public struct MQTTQueueLimits: Sendable, Hashable {
    /// How many messages and subscription requests.
    public var messages: Int
    /// How many bytes of topics, payloads and properties.
    public var bytes: Int

    /// Makes limits.
    ///
    /// - Parameters:
    ///   - messages: How many messages and subscription requests.
    ///   - bytes: How many bytes of topics, payloads and properties.
    public init(messages: Int = 10_000, bytes: Int = 64 * 1_024 * 1_024) {
        self.messages = messages
        self.bytes = bytes
    }
}
