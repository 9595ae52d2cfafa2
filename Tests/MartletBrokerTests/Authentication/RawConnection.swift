import NIOCore
import NIOPosix
import Synchronization

/// A TCP connection of a test that sends bytes and reads what comes, packet by packet or to its end.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let bytes: AsyncStream<[UInt8]>

    init(port: Int) async throws {
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
        bytes = stream
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Reads until there are so many bytes, or the end.
    func read(_ count: Int) async -> [UInt8] {
        var read: [UInt8] = []
        for await some in bytes {
            read += some
            if read.count >= count { break }
        }
        return read
    }

    /// Reads until the peer closes.
    func readToEnd() async -> [UInt8] { await read(.max) }

    func close() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let continuation: AsyncStream<[UInt8]>.Continuation

        init(_ continuation: AsyncStream<[UInt8]>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }
    }
}
