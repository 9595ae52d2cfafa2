import NIOCore
import NIOWebSocket

/// Carries the bytes of MQTT in binary frames: a packet may span several, and a frame may hold several ([MQTT-6.0.0-2]).
///
/// Text frames, and what breaks RFC 6455, close the connection ([MQTT-6.0.0-1]).
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = WebSocketFrame

    /// Which end this is: a client masks its frames, a server does not (RFC 6455 §5.1).
    enum Side { case client, server }

    private let side: Side
    private let settings: WebSocketSettings
    /// Frames of the message that is coming in; 0 between messages.
    private var fragments = 0
    private var isClosing = false

    init(_ side: Side, settings: WebSocketSettings) {
        self.side = side
        self.settings = settings
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        let frame = unwrapInboundIn(data)
        guard (frame.maskKey != nil) == (side == .server), !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return close(context, .protocolError)
        }
        switch frame.opcode {
        case .binary:
            guard fragments == 0 else { return close(context, .protocolError) }
            take(frame, context)
        case .continuation:
            guard fragments > 0 else { return close(context, .protocolError) }
            take(frame, context)
        case .text: close(context, .unacceptableData)
        case .ping: answer(frame, context)
        case .pong: break
        case .connectionClose: close(context, .normalClosure)
        default: close(context, .protocolError)
        }
    }

    private func take(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        fragments += 1
        guard fragments <= settings.maximumFragments else { return close(context, .policyViolation) }
        if frame.fin { fragments = 0 }
        let bytes = frame.unmaskedData
        if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
    }

    private func answer(_ ping: WebSocketFrame, _ context: ChannelHandlerContext) {
        // Whoever does not read its answers gets none: they would pile up.
        guard context.channel.isWritable else { return }
        let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: mask, data: ping.unmaskedData)
        context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let frame = WebSocketFrame(fin: true, opcode: .binary, maskKey: mask, data: unwrapOutboundIn(data))
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    private var mask: WebSocketMaskingKey? { side == .client ? .random() : nil }

    // MARK: Closing

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if !isClosing, mode == .all { sendClose(.normalClosure, context) }
        context.close(mode: mode, promise: promise)
    }

    /// Says why, and closes.
    private func close(_ context: ChannelHandlerContext, _ code: WebSocketErrorCode) {
        guard !isClosing else { return }
        sendClose(code, context)
        context.close(promise: nil)
    }

    private func sendClose(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        isClosing = true
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: mask, data: data)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? NIOWebSocketError {
            close(context, error == .invalidFrameLength ? .messageTooLarge : .protocolError)
        }
        context.fireErrorCaught(error)
    }
}
