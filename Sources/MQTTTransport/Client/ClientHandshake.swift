import NIOCore
import NIOSSL

/// Leads one connection of a client through TLS and WebSocket, and puts the connection's handler behind them.
///
/// It lives on the connection's event loop, and ends with the last stage, with the first failure, or at the deadline.
final class ClientHandshake {
    let channel: any Channel
    let stack: ClientStack
    private let server: String
    private let done: EventLoopPromise<Void>
    private let handler: ClientChannelHandler
    private var deadline: Scheduled<Void>?
    private var isOver = false

    /// Makes the handshake of a connection.
    ///
    /// - Parameters:
    ///   - channel: The channel, before it is connected.
    ///   - stack: What lies between its socket and MQTT.
    ///   - server: The host that is connected to.
    ///   - done: Told of the end.
    ///   - handler: The handler of the bytes of MQTT.
    init(
        channel: any Channel,
        stack: ClientStack,
        server: String,
        done: EventLoopPromise<Void>,
        handler: ClientChannelHandler
    ) {
        self.channel = channel
        self.stack = stack
        self.server = server
        self.done = done
        self.handler = handler
    }

    /// Begins with the first stage.
    ///
    /// - Parameters:
    ///   - context: TLS, as the stack asks for it.
    ///   - timeout: How long all stages together may take, from now on.
    /// - Throws: What adding a handler threw.
    func begin(_ context: NIOSSLContext?, timeout: TimeAmount) throws {
        // Safe because a connection's handshake begins on its loop and never leaves it.
        deadline = channel.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.fail(TransportError(.timedOut, "the handshake with \(self.server) was not done in time"))
        }
        // Safe because the future is the channel's, whose loop this is.
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.fail(TransportError(.closed, "\(self.server) closed the connection within the handshake"))
        }
        guard let tls = stack.tls, let context else { return try encrypted() }
        let handler = try NIOSSLClientHandler(context: context, serverHostname: tls.name(for: server))
        let watcher = TLSClientHandler(tls: handler, name: tls.serverName ?? server, handshake: self)
        try channel.pipeline.syncOperations.addHandlers([handler, watcher])
    }

    /// TLS is there, or not asked for.
    func encrypted() throws {
        guard let webSocket = stack.webSocket else { return try upgraded() }
        try addWebSocketHandlers(webSocket)
    }

    /// The server speaks WebSocket, or was not asked to.
    func upgraded() throws {
        guard !isOver else { return }
        try channel.pipeline.syncOperations.addHandler(handler)
        end()
        done.succeed()
    }

    /// The connection is of no use; it is closed.
    func fail(_ error: any Error) {
        guard !isOver else { return }
        end()
        done.fail(error)
        channel.close(promise: nil)
    }

    private func end() {
        isOver = true
        deadline?.cancel()
        deadline = nil
    }
}
