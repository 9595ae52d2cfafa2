import MQTTTransport
import NIOCore

/// Where the connections of a running broker live, and the ways from there to its engine.
struct BrokerHomes: Sendable {
    /// The homes of plain sockets.
    let plain: [ConnectionHome]
    /// The homes of sockets with TLS, WebSocket or the PROXY protocol.
    let layered: [ConnectionHome]
    /// The loops of ``layered``; nil where that is the engine's.
    let layeredLoops: (any EventLoopGroup)?
    // Safe because they are opened on the engine's loop only.
    private let ports: [NIOLoopBound<NetworkPort>]

    /// Opens the ways.
    ///
    /// - Parameters:
    ///   - shell: Who decides about connections.
    ///   - loops: The loops of the broker.
    /// - Throws: What a loop throws that has ended.
    // Safe because the bound shell is opened on its loop only.
    init(_ shell: NIOLoopBound<BrokerShell>, on loops: BrokerLoops) async throws {
        let engine = loops.engine
        // Safe because this closure runs on the loop of the shell.
        let home = try await engine.submit { ConnectionHome(loop: engine, owner: shell.value) }.get()
        var ports: [NIOLoopBound<NetworkPort>] = []
        func homes(on loops: [any EventLoop]) async throws -> [ConnectionHome] {
            var homes: [ConnectionHome] = []
            for loop in loops {
                let way = try await NetworkPort.open(on: loop, for: home)
                homes.append(way.home)
                ports.append(way.port)
            }
            return homes.isEmpty ? [home] : homes
        }
        plain = try await homes(on: loops.plain)
        layered = try await homes(on: loops.layered.map { Array($0.makeIterator()) } ?? [])
        layeredLoops = loops.layered
        self.ports = ports
    }

    /// Says to the connections what is still to be said, and hears nothing of them any more.
    func end(on engine: any EventLoop) async {
        // Safe because it runs on the loop of the ports.
        try? await engine.submit { for port in ports { port.value.end() } }.get()
    }
}
