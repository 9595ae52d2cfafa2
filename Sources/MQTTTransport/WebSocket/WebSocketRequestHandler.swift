import NIOCore
import NIOHTTP1

/// Asks a server for a WebSocket connection as soon as it is connected, and says what was answered instead.
final class WebSocketRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let webSocket: ClientWebSocket
    private let handshake: ClientHandshake

    init(webSocket: ClientWebSocket, handshake: ClientHandshake) {
        self.webSocket = webSocket
        self.handshake = handshake
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { ask(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        ask(context)
        context.fireChannelActive()
    }

    private func ask(_ context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "host": webSocket.host, "sec-websocket-protocol": WebSocketRequest.subprotocol, "content-length": "0",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: webSocket.path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        let answer = "\(head.status.code) \(head.status.reasonPhrase)"
        handshake.fail(
            TransportError(.webSocket, "the server answered \(answer) in place of WebSocket at \(webSocket.path)")
        )
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure = error as? TransportError
        handshake.fail(
            failure ?? TransportError(.webSocket, "the server's answer is no WebSocket handshake", cause: error)
        )
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshake.fail(TransportError(.closed, "the server closed the connection within the WebSocket handshake"))
        context.fireChannelInactive()
    }
}
