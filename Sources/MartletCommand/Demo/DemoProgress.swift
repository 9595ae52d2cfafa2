/// How far a run is.
struct DemoProgress: Sendable {
    var sent: Int
    /// Different messages that a handler ran to its end.
    var handled: Int
    /// Different results that arrived.
    var results: Int
    var replicaKills: Int
    var brokerKills: Int
    /// How often a process died at a numbered point.
    var crashes: Int
    /// What kept the run from going on.
    var failure: String?
}
