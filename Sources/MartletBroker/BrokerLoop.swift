import MQTTTransport
import NIOCore
import NIOPosix

/// The event loop of a broker: a ``SocketLoop`` where all its listeners are plain sockets and the system has one, and one of SwiftNIO otherwise.
struct BrokerLoop: Sendable {
    let loop: any EventLoop
    private let group: any EventLoopGroup

    /// Starts it.
    ///
    /// - Parameter isPlain: Whether the bytes of all sockets are those of MQTT.
    /// - Throws: What the system says.
    init(isPlain: Bool) throws {
        #if os(Linux)
        if isPlain {
            let sockets = try SocketLoop.start()
            (loop, group) = (sockets, sockets)
            return
        }
        #endif
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
    }

    /// Ends it, when all that was asked of it is done.
    func end() async { try? await group.shutdownGracefully() }
}
