import NIOCore
import NIOSSL
import NIOTLS

/// Waits behind TLS for the end of its handshake, tells it, and leaves.
final class TLSServerHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLServerHandler
    private let handshake: ServerHandshake

    init(tls: NIOSSLServerHandler, handshake: ServerHandshake) {
        self.tls = tls
        self.handshake = handshake
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted = event as? TLSUserEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        do {
            try handshake.encrypted(tls.peerCertificate)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            handshake.fail(.tls, "\(error)")
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        handshake.fail(.tls, TLSFailure.summary(of: error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshake.fail(.tls, "the peer closed the connection within the handshake")
        context.fireChannelInactive()
    }
}
