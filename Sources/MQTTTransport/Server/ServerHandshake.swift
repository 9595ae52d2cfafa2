import NIOCore
import NIOSSL

/// Leads one accepted connection through the stages of its listener, and puts the connection's handler behind the last one.
///
/// It lives on the connection's event loop, and ends with the last stage, with the first failure, or at the deadline.
final class ServerHandshake {
    private enum Stage { case proxyProtocol, tls, webSocket, connection }

    let channel: any Channel
    let stack: ServerStack
    private let gate: (any ConnectionGate)?
    private let makeHandler: (ConnectionOrigin) throws -> any ChannelHandler
    private var origin: ConnectionOrigin
    private var deadline: Scheduled<Void>?
    private var isOver = false

    init(
        channel: any Channel,
        stack: ServerStack,
        gate: (any ConnectionGate)?,
        makeHandler: @escaping (ConnectionOrigin) throws -> any ChannelHandler
    ) {
        self.channel = channel
        self.stack = stack
        self.gate = gate
        self.makeHandler = makeHandler
        self.origin = ConnectionOrigin(peer: channel.peer)
    }

    /// Begins with the first stage.
    ///
    /// - Throws: What adding its handler threw.
    func begin() throws {
        // Safe because a connection's handshake begins on its loop and never leaves it.
        let loop = channel.eventLoop.assumeIsolated()
        deadline = loop.scheduleTask(in: stack.handshakeDeadline) {
            self.fail(.deadline, "no handshake within \(self.stack.handshakeDeadline.nanoseconds / 1_000_000) ms")
        }
        // Safe because the future is the channel's, whose loop this is.
        channel.closeFuture.assumeIsolated().whenComplete { _ in self.end() }
        if let proxies = stack.proxies, !proxies.contains(origin.peer) {
            fail(.proxyProtocol, "the peer is none of the listener's proxies")
            try channel.pipeline.syncOperations.addHandler(RefusingHandler())
            return
        }
        try enter(.proxyProtocol)
    }

    private func enter(_ stage: Stage) throws {
        switch stage {
        case .proxyProtocol:
            guard stack.proxies != nil else { return try enter(.tls) }
            try channel.pipeline.syncOperations.addHandler(ProxyHeaderHandler(handshake: self))
        case .tls:
            guard let tls = stack.tls else { return try enter(.webSocket) }
            let handler = NIOSSLServerHandler(context: tls.current)
            try channel.pipeline.syncOperations.addHandlers([handler, TLSServerHandler(tls: handler, handshake: self)])
        case .webSocket:
            guard let settings = stack.webSocket else { return try enter(.connection) }
            try addWebSocketHandlers(settings)
        case .connection:
            let handler = try makeHandler(origin)
            end()
            try channel.pipeline.syncOperations.addHandler(handler)
        }
    }

    // MARK: What the stages tell

    /// The proxy said who the client is; nil where it speaks for itself.
    func proxied(_ source: SocketAddress?) throws {
        if let source { origin.peer = source }
        try enter(.tls)
    }

    /// TLS is there.
    func encrypted(_ certificate: NIOSSLCertificate?) throws {
        origin.isEncrypted = true
        if let certificate { origin.certificates = [try certificate.toDERBytes()] }
        try enter(.webSocket)
    }

    /// The client speaks WebSocket.
    func upgraded() throws {
        try enter(.connection)
    }

    /// The connection is of no use; it is closed.
    func fail(_ stage: HandshakeFailure.Stage, _ message: String) {
        guard !isOver else { return }
        end()
        gate?.failed(HandshakeFailure(stage: stage, message: message, peer: origin.peer))
        channel.close(promise: nil)
    }

    private func end() {
        isOver = true
        deadline?.cancel()
        deadline = nil
    }
}
