/// One door of a broker: where it listens, what lies between the socket and MQTT, and who may come in.
///
/// ```swift
/// var secure = BrokerListener(name: "secure", address: .tcp(host: "0.0.0.0", port: 8883))
/// secure.tls = BrokerListenerTLS(certificateChain: "server.pem", privateKey: "server.key")
/// secure.authentication = BrokerAuthenticationConfiguration(providers: [.passwordFile(BrokerPasswordFile(path: "passwords"))])
/// configuration.listeners = [secure]
/// ```
public struct BrokerListener: Sendable, Hashable {
    /// Where a listener listens.
    public enum Address: Sendable, Hashable {
        /// A host name or address and a TCP port; port 0 for any free one.
        case tcp(host: String, port: Int)
        /// A Unix domain socket, and the permissions of its file.
        ///
        /// A file that a dead broker left at the path is replaced.
        case unixSocket(path: String, mode: UInt16 = 0o660)
    }

    /// What it is called in logs and metrics; each listener of a broker has a name of its own.
    public var name: String
    /// Where it listens.
    public var address: Address
    /// TLS; nil for none.
    public var tls: BrokerListenerTLS?
    /// WebSocket in place of plain MQTT (MQTT 5.0 §6); nil for none.
    public var webSocket: BrokerListenerWebSocket?
    /// The proxies in front of it, which begin each connection with a PROXY protocol header of version 2; nil for none.
    ///
    /// Each is an address, a network such as `10.0.0.0/8`, or `unix` for every peer of a Unix domain socket. Others are closed at once.
    public var trustedProxies: [String]?
    /// How clients of this listener prove who they are; nil for ``BrokerConfiguration/authentication``.
    public var authentication: BrokerAuthenticationConfiguration?
    /// Whether clients from beyond this machine may come in without proving who they are, where no authentication is set.
    public var allowsAnonymous = false
    /// What its clients may use together.
    public var limits = BrokerListenerLimits()

    /// Names a listener.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - address: Where it listens.
    public init(name: String, address: Address) {
        self.name = name
        self.address = address
    }

    /// Whether only clients of this machine reach it.
    var isLocal: Bool {
        guard case .tcp(let host, _) = address else { return true }
        return host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
