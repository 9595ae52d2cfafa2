/// Where the server is, and how to get there.
public struct MQTTEndpoint: Sendable {
    enum Base: Sendable {
        case tcp(host: String, port: Int)
        case unixSocket(path: String)
        case connector(@Sendable () async throws -> CInt)
    }

    let base: Base

    private init(_ base: Base) { self.base = base }

    /// A host name or address and a TCP port.
    ///
    /// - Parameters:
    ///   - host: A host name or an IPv4 or IPv6 address.
    ///   - port: The port; 1883 is MQTT's own.
    /// - Returns: The endpoint.
    public static func tcp(host: String, port: Int = 1883) -> MQTTEndpoint {
        MQTTEndpoint(.tcp(host: host, port: port))
    }

    /// A Unix domain socket.
    ///
    /// - Parameter path: Its path in the file system.
    /// - Returns: The endpoint.
    public static func unixSocket(path: String) -> MQTTEndpoint {
        MQTTEndpoint(.unixSocket(path: path))
    }

    /// A closure that gives a connected stream socket, asked once for each connection.
    ///
    /// - Parameter connect: Gives the descriptor of a connected socket, which the client then owns and closes.
    /// - Returns: The endpoint.
    public static func connector(_ connect: @escaping @Sendable () async throws -> CInt) -> MQTTEndpoint {
        MQTTEndpoint(.connector(connect))
    }
}

extension MQTTEndpoint: CustomStringConvertible {
    /// The endpoint as a log line shows it.
    public var description: String {
        switch self.base {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unixSocket(let path): "unix:\(path)"
        case .connector: "connector"
        }
    }
}
