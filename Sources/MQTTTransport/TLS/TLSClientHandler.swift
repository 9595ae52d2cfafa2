import NIOCore
import NIOSSL
import NIOTLS

/// Waits behind TLS for the end of its handshake, tells it, and leaves.
final class TLSClientHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLClientHandler
    private let name: String
    private let handshake: ClientHandshake

    init(tls: NIOSSLClientHandler, name: String, handshake: ClientHandshake) {
        self.tls = tls
        self.name = name
        self.handshake = handshake
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted = event as? TLSUserEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        do {
            try handshake.encrypted()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            handshake.fail(error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        handshake.fail(TLSFailure.named(error, server: name, certificate: tls.peerCertificate))
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshake.fail(
            TransportError(.closed, "\(name) closed the connection within the TLS handshake: does it speak TLS there?")
        )
        context.fireChannelInactive()
    }
}
