/// A message that arrived, and the right to acknowledge it.
public struct MQTTDelivery: Sendable {
    /// The message.
    public let message: MQTTMessage
    /// Whether the server says that it sent the message before (MQTT 5.0 §3.3.1.1).
    public let redelivered: Bool
    /// The identifiers of the subscriptions that the message matched.
    public let subscriptionIdentifiers: [UInt32]

    let receipt: Receipt?

    /// Tells the server that the message is done with.
    ///
    /// May be called from any thread and more than once. The server hears of it in the order in which the messages
    /// arrived, so an earlier message that is not acknowledged holds this one back. Messages that were not acknowledged
    /// when the connection ended come again; acknowledging them here then has no effect. Without effect for QoS 0.
    ///
    /// A message of QoS 2 is handed over once: the handshake goes on by itself, over lost connections too, and an acknowledgement counts
    /// whenever it is given. It comes again only when every copy of the delivery was let go without one, and a new connection was made.
    public func acknowledge() {
        self.receipt?.acknowledge()
    }
}
