/// What a run of the demonstration does.
struct DemoPlan: Sendable {
    var messages: Int
    var replicas: Int
    /// Messages a second, `nil` for as fast as it goes.
    var rate: Double?
    /// How long the handler works on a message.
    var work: Duration
    var seed: UInt64
    var kills: Bool
}
