package import MQTTPackets
package import NIOCore
import NIOPosix

/// One connection of a client to a server: whole packets in, encoded bytes out.
package struct ClientConnection: Sendable {
    /// The number that the client gave to the connection.
    package let number: UInt64

    private let channel: any Channel

    // Above the high mark the client stops to encode, below the low one it goes on.
    private static let writeMarks = ChannelOptions.Types.WriteBufferWaterMark(low: 128 * 1_024, high: 512 * 1_024)
    // How many times one burst reads before packets are worked on and answers are flushed.
    private static let readsPerBurst: UInt = 8

    init(channel: any Channel, number: UInt64) {
        self.channel = channel
        self.number = number
    }

    /// Makes a connection.
    ///
    /// The receiver hears of it by ``ClientConnectionReceiver/opened(_:)``, before this returns.
    ///
    /// - Parameters:
    ///   - number: The number to give to the connection.
    ///   - endpoint: Where to connect to.
    ///   - stack: What lies between the socket and MQTT.
    ///   - eventLoop: Where the connection lives.
    ///   - timeout: How long the network may take, and again how long the handshakes of the stack.
    ///   - limits: What the client takes in a packet.
    ///   - receiver: Who is told what happens.
    /// - Throws: What the network or the connector says; ``TransportError`` that names what failed of TLS and WebSocket.
    package static func open(
        _ number: UInt64,
        to endpoint: ClientEndpoint,
        through stack: ClientStack,
        on eventLoop: any EventLoop,
        timeout: TimeAmount,
        limits: PacketLimits,
        receiver: any ClientConnectionReceiver
    ) async throws {
        let context = try stack.tls?.makeContext(applicationProtocols: [stack.webSocket == nil ? "mqtt" : "http/1.1"])
        let done = stack.isPlain ? nil : eventLoop.makePromise(of: Void.self)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.maxMessagesPerRead, value: Self.readsPerBurst)
            .channelOption(.writeBufferWaterMark, value: Self.writeMarks)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = ClientChannelHandler(number: number, limits: limits, receiver: receiver)
                    guard let done else {
                        return try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    let handshake = ClientHandshake(
                        channel: channel,
                        stack: stack,
                        server: endpoint.host ?? "localhost",
                        done: done,
                        handler: handler
                    )
                    try handshake.begin(context, timeout: timeout)
                }
            }
        do {
            switch endpoint {
            case .tcp(let host, let port):
                _ = try await bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .connect(host: host, port: port).get()
            case .unixSocket(let path):
                _ = try await bootstrap.connect(unixDomainSocketPath: path).get()
            case .connector(let connect):
                _ = try await bootstrap.withConnectedSocket(try await connect()).get()
            }
        } catch {
            // It may have been told already, and does not mind.
            done?.fail(error)
            throw error
        }
        try await done?.futureResult.get()
    }

    /// Whether the network takes more bytes at the moment.
    package var isWritable: Bool { self.channel.isWritable }

    /// Sends bytes at once.
    ///
    /// - Parameter buffer: Whole packets.
    package func send(_ buffer: ByteBuffer) {
        self.channel.writeAndFlush(buffer, promise: nil)
    }

    /// Closes the connection without a word.
    package func close() {
        self.channel.close(mode: .all, promise: nil)
    }
}
