/// What a client asks of a WebSocket server (MQTT 5.0 §6).
package struct ClientWebSocket: Sendable, Hashable {
    /// What the request names as its host, with the port where that is not the scheme's own.
    package var host: String
    /// The path of the request, with its query if it has one.
    package var path: String
    /// Bytes of one frame from the server; past it the connection is closed.
    package var maximumFrameSize = 16 << 20

    package init(host: String, path: String) {
        self.host = host
        self.path = path
    }
}
