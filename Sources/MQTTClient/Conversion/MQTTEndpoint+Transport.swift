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
}
