import MartletBroker

/// What `martlet broker --json` prints when the broker listens.
struct BrokerAddress: Encodable {
    /// One listener.
    struct Listener: Encodable {
        var name: String
        /// As clients take it: `mqtts://127.0.0.1:8883`.
        var url: String
    }

    /// The first listener that has a port, or none.
    var host: String?
    var port: Int?
    var listeners: [Listener]
    /// Where messages are kept; none for a broker in memory.
    var data: String?

    init(_ addresses: [BrokerListenerAddress], data: String?) {
        let first = addresses.first { $0.port != nil }
        host = first?.host
        port = first?.port
        listeners = addresses.map { Listener(name: $0.listener, url: "\($0)") }
        self.data = data
    }
}
