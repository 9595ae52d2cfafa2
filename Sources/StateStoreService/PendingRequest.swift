import MQTTClient

/// A request of a client of the foreign broker, until its answer was published.
struct PendingRequest {
    /// The right to acknowledge it; of the last time it was delivered.
    var delivery: MQTTDelivery
    /// Where the answer goes.
    var responseTopic: String
    /// What the answer carries.
    var correlation: [UInt8]
    /// When it is given up.
    var deadline: ContinuousClock.Instant
    /// Whether the answer is on its way.
    var isAnswered = false
}
