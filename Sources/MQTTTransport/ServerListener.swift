package import NIOCore
import NIOPosix

/// Opens listening sockets, and takes over connected ones.
package enum ServerListener {
    /// Connections that may wait to be accepted.
    package static let backlog: Int32 = 4_096
    /// Bytes written and not taken by the socket past which a connection counts as not writable, and below which it does again.
    package static let writeBufferWaterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 256 << 10)

    /// Listens on a TCP port.
    ///
    /// - Parameters:
    ///   - host: The address to bind.
    ///   - port: The port; 0 for any free one.
    ///   - loop: The loop of the listener and its connections.
    ///   - makeHandler: Makes the handler of a connection, on the loop.
    /// - Returns: The listening channel.
    /// - Throws: What binding threw.
    package static func bind(
        host: String,
        port: Int,
        on loop: any EventLoop,
        makeHandler: @escaping @Sendable () throws -> any ChannelHandler
    ) async throws -> any Channel {
        try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: writeBufferWaterMark)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(try makeHandler())
                }
            }
            .bind(host: host, port: port)
            .get()
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
