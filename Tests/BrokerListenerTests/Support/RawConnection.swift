import NIOCore
import NIOPosix
import Synchronization

/// A connection that a test speaks byte by byte.
final class RawConnection: Sendable {
    private struct State {
        var received: [UInt8] = []
        var isClosed = false
        var waiter: (isReady: @Sendable ([UInt8], Bool) -> Bool, continuation: CheckedContinuation<Void, Never>)?
    }

    private final class Handler: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let connection: RawConnection
        init(_ connection: RawConnection) { self.connection = connection }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(unwrapInboundIn(data).readableBytesView)
            connection.change { $0.received += bytes }
        }
        func channelInactive(context: ChannelHandlerContext) { connection.change { $0.isClosed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    /// Connects to a port of the loopback address.
    init(port: Int) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        self.channel.withLock { $0 = channel }
    }

    /// Sends bytes.
    func send(_ bytes: [UInt8]) async throws {
        try await channel.withLock { $0 }?.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends text.
    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Waits until enough has come, or the connection is closed.
    ///
    /// - Returns: Everything that came so far.
    @discardableResult
    func received(_ isEnough: @escaping @Sendable ([UInt8]) -> Bool) async -> [UInt8] {
        await wait { bytes, isClosed in isClosed || isEnough(bytes) }
        return state.withLock { $0.received }
    }

    /// Waits until the other side has closed the connection.
    ///
    /// - Returns: Everything that came.
    @discardableResult
    func closed() async -> [UInt8] {
        await wait { _, isClosed in isClosed }
        return state.withLock { $0.received }
    }

    /// Sends nothing more, and reads on: a close that leaves answers unread would reset the connection.
    func endSending() async { try? await channel.withLock { $0 }?.close(mode: .output) }

    /// Closes the connection.
    func close() async { try? await channel.withLock { $0 }?.close() }

    private func wait(_ isReady: @escaping @Sendable ([UInt8], Bool) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if isReady(state.received, state.isClosed) { return true }
                state.waiter = (isReady, continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let continuation: CheckedContinuation<Void, Never>? = state.withLock { state in
            body(&state)
            guard let waiter = state.waiter, waiter.isReady(state.received, state.isClosed) else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        continuation?.resume()
    }

    /// CONNECT of MQTT 5 with a client identifier that the server shall choose.
    static let connect: [UInt8] = [
        0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 5, 2, 0, 60, 0, 0, 0,
    ]
    /// CONNECT of MQTT 5 with a clean start and a short client identifier.
    static func connect(as identifier: String) -> [UInt8] {
        let text = Array(identifier.utf8)
        return [0x10, UInt8(13 + text.count), 0, 4, 0x4D, 0x51, 0x54, 0x54, 5, 2, 0, 60, 0, 0, UInt8(text.count)] + text
    }
    static let pingreq: [UInt8] = [0xC0, 0]
    static let pingresp: [UInt8] = [0xD0, 0]
}
