/// Where a client connects to.
package enum ClientEndpoint: Sendable {
    /// A host name or address and a TCP port.
    case tcp(host: String, port: Int)
    /// A Unix domain socket.
    case unixSocket(path: String)
    /// A closure that gives the descriptor of a connected stream socket, which the connection then owns.
    case connector(@Sendable () async throws -> CInt)

    /// The host that is connected to, where there is one.
    var host: String? {
        if case .tcp(let host, _) = self { return host }
        return nil
    }
}
