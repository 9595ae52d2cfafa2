/// Where the server is, and how to get there.
public struct MQTTEndpoint: Sendable {
    enum Base: Sendable {
        case tcp(host: String, port: Int)
        case unixSocket(path: String)
        case connector(@Sendable () async throws -> CInt)
    }

    let base: Base
    /// TLS; nil for none.
    public var tls: MQTTTLS?
    /// The path of WebSocket, such as `/mqtt`; nil for plain MQTT.
    public var webSocketPath: String?

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

    /// A host name or address and a TCP port where TLS is spoken.
    ///
    /// - Parameters:
    ///   - host: A host name or an IPv4 or IPv6 address; the server's certificate must name it.
    ///   - port: The port; 8883 is MQTT's own.
    ///   - settings: Whom to trust, and how to show who the client is.
    /// - Returns: The endpoint.
    public static func tls(host: String, port: Int = 8883, _ settings: MQTTTLS = MQTTTLS()) -> MQTTEndpoint {
        var endpoint = MQTTEndpoint(.tcp(host: host, port: port))
        endpoint.tls = settings
        return endpoint
    }

    /// A host name or address and a TCP port where MQTT is spoken over WebSocket (MQTT 5.0 §6).
    ///
    /// - Parameters:
    ///   - host: A host name or an IPv4 or IPv6 address.
    ///   - port: The port.
    ///   - path: The path of the request.
    ///   - settings: TLS beneath WebSocket; nil for none.
    /// - Returns: The endpoint.
    public static func webSocket(
        host: String,
        port: Int,
        path: String = "/mqtt",
        tls settings: MQTTTLS? = nil
    ) -> MQTTEndpoint {
        var endpoint = MQTTEndpoint(.tcp(host: host, port: port))
        endpoint.tls = settings
        endpoint.webSocketPath = path
        return endpoint
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
        switch (self.base, self.webSocketPath, self.tls != nil) {
        case (.tcp(let host, let port), nil, false): "\(host):\(port)"
        case (.tcp(let host, let port), nil, true): "mqtts://\(host):\(port)"
        case (.tcp(let host, let port), let path?, let isTLS): "\(isTLS ? "wss" : "ws")://\(host):\(port)\(path)"
        case (.unixSocket(let path), _, _): "unix:\(path)"
        case (.connector, _, _): "connector"
        }
    }
}
