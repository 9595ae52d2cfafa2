/// The message that the server publishes for a client that goes away without saying so (MQTT 5.0 §3.1.2.5).
public struct MQTTWill: Sendable, Hashable {
    /// The message.
    public var message: MQTTMessage
    /// How long the server waits for the client to come back before it publishes the message.
    public var delay: Duration

    /// Makes a will.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - delay: How long the server waits for the client to come back first.
    public init(message: MQTTMessage, delay: Duration = .zero) {
        self.message = message
        self.delay = delay
    }
}
