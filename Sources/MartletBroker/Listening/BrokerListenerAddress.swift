/// Where a listener of a running broker really listens.
public struct BrokerListenerAddress: Sendable, Hashable, CustomStringConvertible {
    /// The name of the listener.
    public var listener: String
    /// `mqtt`, `mqtts`, `ws`, `wss` or `unix`.
    public var scheme: String
    /// The host as it was given; nil for a Unix domain socket.
    public var host: String?
    /// The port; nil for a Unix domain socket.
    public var port: Int?
    /// The path: of a Unix domain socket, or of WebSocket.
    public var path: String?

    /// The address as clients take it, such as `mqtts://127.0.0.1:8883`.
    public var description: String {
        guard let host, let port else { return "\(scheme):\(path ?? "")" }
        let shown = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(shown):\(port)\(path ?? "")"
    }

    init(_ listener: BrokerListener, port: Int?) {
        self.listener = listener.name
        let isTLS = listener.tls != nil
        scheme = listener.webSocket == nil ? (isTLS ? "mqtts" : "mqtt") : (isTLS ? "wss" : "ws")
        switch listener.address {
        case .tcp(let host, let configured):
            self.host = host
            self.port = port ?? configured
            path = listener.webSocket?.path
        case .unixSocket(let file, _):
            scheme = "unix"
            path = file
        }
    }
}
