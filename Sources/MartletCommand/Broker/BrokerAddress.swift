/// What `martlet broker --json` prints when the broker listens.
struct BrokerAddress: Encodable {
    var host: String
    var port: Int
    /// Where messages are kept; none for a broker in memory.
    var data: String?
}
