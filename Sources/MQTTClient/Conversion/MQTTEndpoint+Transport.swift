import MQTTTransport

extension MQTTEndpoint {
    /// The endpoint as the transport knows it.
    var transport: ClientEndpoint {
        switch self.base {
        case .tcp(let host, let port): .tcp(host: host, port: port)
        case .unixSocket(let path): .unixSocket(path: path)
        case .connector(let connect): .connector(connect)
        }
    }

    /// What lies between its socket and MQTT.
    var stack: ClientStack {
        var stack = ClientStack()
        if let tls = self.tls {
            var settings = ClientTLS()
            settings.trustedAuthorities = tls.trustedAuthorities
            settings.certificateChain = tls.certificateChain
            settings.privateKey = tls.privateKey
            settings.serverName = tls.serverName
            settings.verification =
                switch tls.verification {
                case .full: .full
                case .withoutName: .withoutName
                case .unverified: .none
                }
            stack.tls = settings
        }
        if let path = self.webSocketPath { stack.webSocket = ClientWebSocket(host: self.authority, path: path) }
        return stack
    }

    /// The host as a request names it: with the port where that is not the scheme's own.
    private var authority: String {
        guard case .tcp(let host, let port) = self.base else { return "localhost" }
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (self.tls == nil ? 80 : 443) ? name : "\(name):\(port)"
    }
}
