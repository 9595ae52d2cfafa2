package import MQTTPackets
import NIOCore
import NIOPosix

/// The server's end of one connection.
package final class PeerConnection {
    /// What the client did.
    package enum Event: Sendable {
        case packet(Packet)
        case garbage(PacketError)
        case closed
    }

    private let channel: any Channel
    private var events: AsyncStream<Event>.Iterator

    package init(_ descriptor: CInt) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
        self.events = stream.makeAsyncIterator()
        self.channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PeerHandler(continuation))
                }
            }
            .withConnectedSocket(descriptor).get()
    }

    /// The next packet of the client.
    package func receive() async throws -> Packet {
        switch await self.events.next(isolation: #isolation) {
        case .packet(let packet): return packet
        case .garbage(let error): throw error
        case .closed, nil: throw PeerError.closed
        }
    }

    /// The next packet, which is a PUBLISH.
    package func receivePublish() async throws -> Publish {
        guard case .publish(let publish) = try await self.receive() else { throw PeerError.unexpected }
        return publish
    }

    /// The next packet, which is a SUBSCRIBE, answered with what was asked for.
    @discardableResult
    package func grant() async throws -> Subscribe {
        guard case .subscribe(let subscribe) = try await self.receive() else { throw PeerError.unexpected }
        let codes = subscribe.filters.map { ReasonCode(rawValue: $0.qos.rawValue) }
        try await self.send(.suback(SubAck(packetIdentifier: subscribe.packetIdentifier, reasonCodes: codes)))
        return subscribe
    }

    /// Waits until the client closed the connection, whatever it sends before.
    ///
    /// - Returns: What it sent before.
    package func receiveUntilClosed() async throws -> [Packet] {
        var packets: [Packet] = []
        while true {
            switch await self.events.next(isolation: #isolation) {
            case .packet(let packet): packets.append(packet)
            case .garbage(let error): throw error
            case .closed, nil: return packets
            }
        }
    }

    package func send(_ packets: Packet...) async throws {
        var buffer = ByteBuffer()
        for packet in packets { packet.encode(into: &buffer, version: .v5) }
        try await self.channel.writeAndFlush(buffer)
    }

    package func send(bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    package func close() async {
        try? await self.channel.close()
    }
}

/// Cuts what the client sends into packets.
private final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let events: AsyncStream<PeerConnection.Event>.Continuation
    private var decoder = PacketDecoder(version: nil, limits: .default, direction: .toServer)
    private var pending = ByteBuffer()

    package init(_ events: AsyncStream<PeerConnection.Event>.Continuation) {
        self.events = events
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        self.pending.writeBuffer(&buffer)
        do throws(PacketError) {
            while let packet = try self.decoder.decode(&self.pending) {
                self.events.yield(.packet(packet))
                // As every server must.
                if case .disconnect = packet { context.close(promise: nil) }
            }
        } catch {
            self.events.yield(.garbage(error))
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.events.yield(.closed)
        self.events.finish()
    }
}
