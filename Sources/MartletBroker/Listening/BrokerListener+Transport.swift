import MQTTTransport
import NIOCore

extension BrokerListener {
    /// The address as the transport knows it.
    var serverAddress: ServerAddress {
        switch address {
        case .tcp(let host, let port): .tcp(host: host, port: port)
        case .unixSocket(let path, let mode): .unixSocket(path: path, mode: mode)
        }
    }

    /// Reads the files of TLS; nil for a listener without.
    func makeTLS() throws(TransportError) -> ServerTLS? {
        guard let tls else { return nil }
        var files = ServerTLSFiles(certificateChain: tls.certificateChain, privateKey: tls.privateKey)
        files.isTLS13Only = tls.minimumVersion == .tls13
        files.clientAuthorities = tls.clientAuthorities
        files.clientCertificates =
            switch tls.clientCertificates {
            case .none: .none
            case .optional: .optional
            case .required: .required
            }
        return try ServerTLS(files, applicationProtocols: [webSocket == nil ? "mqtt" : "http/1.1"])
    }

    /// What lies between its sockets and MQTT.
    func makeStack(_ tls: ServerTLS?) throws(TransportError) -> ServerStack {
        var stack = ServerStack()
        stack.tls = tls
        stack.proxies = try trustedProxies.map { networks throws(TransportError) in try ProxyNetworks(networks) }
        stack.handshakeDeadline = TimeAmount(limits.handshakeDeadline)
        if let webSocket {
            var settings = WebSocketSettings()
            settings.path = webSocket.path
            settings.allowedOrigins = webSocket.allowedOrigins
            settings.maximumFrameSize = webSocket.maximumFrameSize
            settings.maximumFragments = webSocket.maximumFragments
            stack.webSocket = settings
        }
        return stack
    }
}
