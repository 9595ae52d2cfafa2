import MQTTPackets

/// A message on its way to the server.
struct PublishOperation: Sendable {
    /// Who wants to know how it ends.
    enum Waiter: Sendable {
        case task(Reply<MQTTPublishResult>)
        /// The request whose message this is hears only of failures.
        case request(correlation: [UInt8])
        /// Is called on the client's own executor.
        case closure(@Sendable (Result<MQTTPublishResult, MQTTClientError>) -> Void)
        case nobody
    }

    /// The number of the operation within the client.
    let number: UInt64
    /// The packet, without its identifier.
    let packet: Publish
    /// What it counts against the limit of bytes.
    let size: Int
    /// When the message is not worth sending any more, if it was never sent.
    let expiry: Duration?
    /// When the waiter is told that it took too long.
    var deadline: Duration?
    var waiter: Waiter
    /// What PUBREC said of a message of QoS 2: from then on PUBREL is sent, and the message never again.
    var received: MQTTPublishResult?
}
