import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The stage of a client that speaks WebSocket.
extension ClientHandshake {
    /// Puts an HTTP client into the pipeline that sends one request, which becomes a WebSocket connection or a failure.
    func addWebSocketHandlers(_ webSocket: ClientWebSocket) throws {
        let requesting = WebSocketRequestHandler(webSocket: webSocket, handshake: self)
        var settings = WebSocketSettings()
        settings.maximumFrameSize = webSocket.maximumFrameSize
        // Safe because the upgrader calls back on the channel's loop, which is this one.
        let here = NIOLoopBound((handshake: self, requesting: requesting), eventLoop: channel.eventLoop)
        let upgrader = NIOWebSocketClientUpgrader(
            maxFrameSize: webSocket.maximumFrameSize,
            automaticErrorHandling: false
        ) { [settings] channel, response in
            channel.eventLoop.makeCompletedFuture {
                let (handshake, requesting) = here.value
                guard response.headers.first(name: "sec-websocket-protocol") == WebSocketRequest.subprotocol else {
                    throw TransportError(.webSocket, "the server did not agree to the subprotocol 'mqtt'")
                }
                let pipeline = channel.pipeline.syncOperations
                pipeline.removeHandler(requesting, promise: nil)
                try pipeline.addHandler(WebSocketHandler(.client, settings: settings))
                try handshake.upgraded()
            }
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHTTPClientHandlers(
            leftOverBytesStrategy: .forwardBytes,
            withClientUpgrade: (upgraders: [upgrader], completionHandler: { _ in })
        )
        try pipeline.addHandler(requesting)
    }
}
