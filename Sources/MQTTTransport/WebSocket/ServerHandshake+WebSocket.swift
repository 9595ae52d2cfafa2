import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The stage of a listener that speaks WebSocket.
extension ServerHandshake {
    /// Puts an HTTP server into the pipeline that answers one request: with a WebSocket connection, or with a refusal.
    func addWebSocketHandlers(_ settings: WebSocketSettings) throws {
        let refusing = WebSocketRefusalHandler(settings: settings, handshake: self)
        // Safe because the upgrader calls back on the channel's loop, which is this one.
        let here = NIOLoopBound((handshake: self, refusing: refusing), eventLoop: channel.eventLoop)
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: settings.maximumFrameSize,
            automaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                let isTaken = WebSocketRequest(head: head, settings: settings).refusal == nil
                let headers: HTTPHeaders = ["sec-websocket-protocol": WebSocketRequest.subprotocol]
                return channel.eventLoop.makeSucceededFuture(isTaken ? headers : nil)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    pipeline.removeHandler(here.value.refusing, promise: nil)
                    try pipeline.addHandler(WebSocketHandler(.server, settings: settings))
                    try here.value.handshake.upgraded()
                }
            }
        )
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = min(limits.maxHeaderFieldSize, settings.maximumHeaderBytes)
        limits.maxHeaderListSize = settings.maximumHeaderBytes
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }),
            withErrorHandling: true,
            withOutboundHeaderValidation: true,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: limits
        )
        try pipeline.addHandler(refusing)
    }
}
