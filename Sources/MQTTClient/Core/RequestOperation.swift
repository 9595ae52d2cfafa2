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
    /// Whether it fails when its answer must have been lost with a connection; otherwise it waits until its deadline.
    let tellsLosses: Bool
    /// How long it waits for an answer from when the server said that nobody subscribes to its topic; `nil` for its deadline.
    var unheardWait: Duration?
    let reply: Reply<MQTTAnswer>
}
