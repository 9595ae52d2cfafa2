/// How far a run is.
struct DemoProgress: Sendable {
    var sent: Int
    var handled: Int
    var replicaKills: Int
    var brokerKills: Int
    /// What kept the run from going on.
    var failure: String?
}
