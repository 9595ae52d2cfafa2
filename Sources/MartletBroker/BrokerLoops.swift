import MQTTTransport
import NIOCore
import NIOPosix

/// The event loops of a broker: the engine's, and those of its sockets where these have loops of their own.
struct BrokerLoops: Sendable {
    /// The loop of the engine.
    let engine: any EventLoop
    /// Those of plain sockets; none where they live on the engine's.
    let plain: [any EventLoop]
    /// Those of sockets with TLS, WebSocket or the PROXY protocol; none where they live on the engine's.
    let layered: (any EventLoopGroup)?
    /// What ends with the broker, in this order.
    private let groups: [any EventLoopGroup]

    /// Starts them.
    ///
    /// A loop is a ``SocketLoop`` where only plain sockets live on it and the system has one, and one of SwiftNIO otherwise.
    ///
    /// - Parameters:
    ///   - listeners: What is about to be opened.
    ///   - networkLoops: How many loops the sockets of each kind have; 0 for the engine's only.
    /// - Throws: What the system says.
    init(for listeners: [OpenListener], networkLoops: Int) throws {
        let hasLayers = listeners.contains { !$0.stack.isPlain }
        let isEngineAlone = networkLoops > 0
        let home = try Self.start(isPlain: isEngineAlone || !hasLayers)
        engine = home.next()
        guard isEngineAlone else {
            (plain, layered, groups) = ([], nil, [home])
            return
        }
        var others: [any EventLoopGroup] = []
        // A socket can be adopted without a listener.
        if listeners.isEmpty || listeners.contains(where: \.stack.isPlain) {
            do {
                for _ in 0..<networkLoops { others.append(try Self.start(isPlain: true)) }
            } catch {
                for group in others + [home] { group.shutdownGracefully { _ in } }
                throw error
            }
        }
        plain = others.map { $0.next() }
        layered = hasLayers ? MultiThreadedEventLoopGroup(numberOfThreads: networkLoops) : nil
        if let layered { others.append(layered) }
        groups = others + [home]
    }

    private static func start(isPlain: Bool) throws -> any EventLoopGroup {
        #if os(Linux)
        if isPlain { return try SocketLoop.start() }
        #endif
        return MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// Ends them, when all that was asked of them is done.
    func end() async {
        for group in groups { try? await group.shutdownGracefully() }
    }
}
