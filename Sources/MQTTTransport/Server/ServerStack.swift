package import NIOCore

/// What lies between a listener's sockets and the bytes of MQTT, from the outside to the inside.
package struct ServerStack: Sendable {
    /// The proxies whose PROXY protocol header is expected and believed; nil for none.
    package var proxies: ProxyNetworks?
    /// The TLS side; nil for none.
    package var tls: ServerTLS?
    /// The WebSocket side; nil for none.
    package var webSocket: WebSocketSettings?
    /// How long all handshakes together may take; past it the connection is closed.
    package var handshakeDeadline = TimeAmount.seconds(10)

    /// Nothing in between.
    package init() {}

    /// Whether the socket's bytes are those of MQTT.
    package var isPlain: Bool { proxies == nil && tls == nil && webSocket == nil }
}
