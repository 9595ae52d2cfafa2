import NIOCore

/// Takes the PROXY header off the front of a connection, tells it, and leaves.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let handshake: ServerHandshake
    private var pending = ByteBuffer()
    private var isDone = false

    init(handshake: ServerHandshake) {
        self.handshake = handshake
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else {
            context.fireChannelRead(data)
            return
        }
        var bytes = unwrapInboundIn(data)
        pending.writeBuffer(&bytes)
        do {
            guard let header = try ProxyHeader.read(from: &pending) else { return }
            isDone = true
            try handshake.proxied(header.source)
        } catch {
            isDone = true
            pending = ByteBuffer()
            handshake.fail(.proxyProtocol, "\(error)")
            return
        }
        let rest = pending
        pending = ByteBuffer()
        if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        handshake.fail(.proxyProtocol, "\(error)")
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isDone { handshake.fail(.proxyProtocol, "the peer closed the connection within the PROXY header") }
        context.fireChannelInactive()
    }
}
