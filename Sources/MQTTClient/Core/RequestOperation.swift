import MQTTPackets

/// A request and the task that waits for its answer.
struct RequestOperation: Sendable {
    /// The number of the operation within the client.
    let number: UInt64
    /// The packet, without its identifier, response topic and correlation data, unless the application gave them.
    var packet: Publish
    let size: Int
    let expiry: Duration?
    let deadline: Duration
    let reply: Reply<MQTTMessage>
}
