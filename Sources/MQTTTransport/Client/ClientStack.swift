/// What lies between a client's socket and the bytes of MQTT, from the outside to the inside.
package struct ClientStack: Sendable {
    /// TLS; nil for none.
    package var tls: ClientTLS?
    /// WebSocket; nil for none.
    package var webSocket: ClientWebSocket?

    /// Nothing in between.
    package init() {}

    /// Whether the socket's bytes are those of MQTT.
    var isPlain: Bool { tls == nil && webSocket == nil }
}
