import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Answers a request that does not become a WebSocket connection, and closes.
final class WebSocketRefusalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let settings: WebSocketSettings
    private let handshake: ServerHandshake
    private var isAnswered = false

    init(settings: WebSocketSettings, handshake: ServerHandshake) {
        self.settings = settings
        self.handshake = handshake
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data), !isAnswered else { return }
        let refusal = WebSocketRequest(head: head, settings: settings).refusal
        answer(refusal?.status ?? .badRequest, refusal?.message ?? "this is no WebSocket handshake", context)
    }

    private func answer(_ status: HTTPResponseStatus, _ message: String, _ context: ChannelHandlerContext) {
        isAnswered = true
        let body = ByteBuffer(string: message + "\n")
        var headers: HTTPHeaders = [
            "content-type": "text/plain", "content-length": "\(body.readableBytes)", "connection": "close",
        ]
        if status == .upgradeRequired {
            headers.add(name: "upgrade", value: "websocket")
            headers.add(name: "sec-websocket-version", value: "13")
        }
        if status == .methodNotAllowed { headers.add(name: "allow", value: "GET") }
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let handshake = handshake
        let written = context.eventLoop.makePromise(of: Void.self)
        // Safe because the promise is one of this loop.
        written.futureResult.assumeIsolated().whenComplete { _ in
            handshake.fail(.webSocket, "\(status.code): \(message)")
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An upgrade that did not come about is an error first, and then the request, which is answered.
        if error is NIOWebSocketUpgradeError || error is HTTPServerUpgradeErrors { return }
        // What the HTTP parser refused was answered in front of this handler.
        handshake.fail(.webSocket, "\(error)")
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshake.fail(.webSocket, "the peer closed the connection within the handshake")
        context.fireChannelInactive()
    }
}
