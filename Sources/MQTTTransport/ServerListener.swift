package import NIOCore
import NIOPosix

/// Opens listening sockets, and takes over connected ones.
package enum ServerListener {
    /// Connections that may wait to be accepted.
    package static let backlog: Int32 = 4_096
    /// Bytes written and not taken by the socket past which a connection counts as not writable, and below which it does again.
    package static let writeBufferWaterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 256 << 10)

    /// Listens.
    ///
    /// - Parameters:
    ///   - address: The address to bind.
    ///   - stack: What lies between the sockets and the bytes of MQTT.
    ///   - loop: The loop of the listener.
    ///   - children: The loops of its connections; nil for the listener's.
    ///   - gate: Who counts the connections; nil for nobody.
    ///   - makeHandler: Makes the handler of a connection that has passed all stages, on the loop of the connection, which it is told.
    /// - Returns: The listening channel.
    /// - Throws: What binding threw; ``TransportError`` when the path of a Unix domain socket is in use.
    package static func bind(
        to address: ServerAddress,
        through stack: ServerStack = ServerStack(),
        on loop: any EventLoop,
        children: (any EventLoopGroup)? = nil,
        gate: (any ConnectionGate)? = nil,
        makeHandler: @escaping @Sendable (ConnectionOrigin, any EventLoop) throws -> any ChannelHandler
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: loop, childGroup: children ?? loop)
            .serverChannelOption(.backlog, value: backlog)
            .childChannelOption(.writeBufferWaterMark, value: writeBufferWaterMark)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try accept(channel, through: stack, gate: gate) { try makeHandler($0, channel.eventLoop) }
                }
            }
        switch address {
        case .tcp(let host, let port):
            return
                try await bootstrap
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: host, port: port)
                .get()
        case .unixSocket(let path, let mode):
            let socket = try UnixSocketFile.bind(path, mode: mode)
            return try await bootstrap.withBoundSocket(socket).get()
        }
    }

    private static func accept(
        _ channel: any Channel,
        through stack: ServerStack,
        gate: (any ConnectionGate)?,
        makeHandler: @escaping @Sendable (ConnectionOrigin) throws -> any ChannelHandler
    ) throws {
        if let gate {
            guard gate.admits(channel.peer) else {
                try channel.pipeline.syncOperations.addHandler(RefusingHandler())
                return
            }
            channel.closeFuture.whenComplete { _ in gate.left() }
        }
        if stack.isPlain {
            try channel.pipeline.syncOperations.addHandler(try makeHandler(ConnectionOrigin(peer: channel.peer)))
        } else {
            try ServerHandshake(channel: channel, stack: stack, gate: gate, makeHandler: makeHandler).begin()
        }
    }

    /// Takes over a connected socket, such as one end of a socketpair.
    ///
    /// - Parameters:
    ///   - descriptor: The socket; owned by the channel from now on.
    ///   - loop: The loop of the connection.
    ///   - makeHandler: Makes its handler, on the loop.
    /// - Returns: The channel.
    /// - Throws: What taking it over threw.
    package static func adopt(
        descriptor: CInt,
        on loop: any EventLoop,
        makeHandler: @escaping @Sendable () throws -> any ChannelHandler
    ) async throws -> any Channel {
        try await ClientBootstrap(group: loop)
            .channelOption(.writeBufferWaterMark, value: writeBufferWaterMark)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(try makeHandler())
                }
            }
            .withConnectedSocket(descriptor)
            .get()
    }
}
