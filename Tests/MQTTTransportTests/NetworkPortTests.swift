import Dispatch
import Glibc
import MQTTTransport
import NIOCore
import NIOPosix
import Testing

/// Connections on one loop, their owner on another: to both it is as if they lived together.
@Suite("Connections on a loop of their own")
struct NetworkPortTests {
    private let engine: SocketLoop
    private let network: SocketLoop
    private let owner = RecordingOwner()

    init() throws {
        engine = try SocketLoop.start()
        network = try SocketLoop.start()
    }

    private func onEngine<T: Sendable>(_ body: @escaping @Sendable (RecordingOwner) throws -> T) async throws -> T {
        try await engine.submit { [owner] in try body(owner) }.get()
    }

    private func waitUntil(_ condition: @escaping @Sendable (RecordingOwner) -> Bool) async throws {
        while try await !onEngine(condition) { await Task.yield() }
    }

    /// Runs a closure with a function that hands a socket over.
    private func withHome(_ body: ((CInt) async throws -> Void) async throws -> Void) async throws {
        let home = try await engine.submit { [engine, owner] in ConnectionHome(loop: engine, owner: owner) }.get()
        let (away, port) = try await NetworkPort.open(on: network, for: home)
        try await body { descriptor in
            try await network.submit { [network] in
                try SocketConnection.adopt(descriptor, on: network, owner: away.owner)
            }.get()
        }
        // Safe because it runs on the loop of the port.
        try await engine.submit { port.value.end() }.get()
        try await network.shutdownGracefully()
        try await engine.shutdownGracefully()
    }

    @Test("What one side sends in any portions, the other gets back in order", arguments: [1, 97, 5_000])
    func echo(portion: Int) async throws {
        try await withHome { adopt in
            let (peer, other) = try PeerSocket.pair()
            try await onEngine { $0.echoes = true }
            try await adopt(other)
            try peer.expectEcho(inPortionsOf: portion)
        }
    }

    @Test("Ends are told once, and their places are taken by others")
    func places() async throws {
        try await withHome { adopt in
            try await onEngine { $0.echoes = true }
            for number in 0..<50 {
                let (peer, other) = try PeerSocket.pair()
                try await adopt(other)
                try peer.send([1, UInt8(number)])
                #expect(peer.receive(2) == [1, UInt8(number)])
                peer.endSending()
                #expect(peer.waitForEnd())
            }
            try await waitUntil { $0.closed.count == 50 }
            #expect(try await onEngine { $0.closed } == (0..<50).map(Int32.init))
        }
    }

    @Test("An owner that does not want a connection has it closed")
    func unwanted() async throws {
        try await withHome { adopt in
            let (peer, other) = try PeerSocket.pair()
            try await onEngine { $0.accepts = false }
            try await adopt(other)
            #expect(peer.waitForEnd())
            #expect(try await onEngine { $0.closed }.isEmpty)
        }
    }

    @Test("A peer that does not read makes the connection unwritable; when it reads it gets all, in order")
    func backPressure() async throws {
        try await withHome { adopt in
            let (peer, other) = try PeerSocket.pair()
            try await adopt(other)
            try await waitUntil { $0.connections.count == 1 }
            let portion = 100_000
            // What the socket took makes room for more; in the end it takes nothing, and little is on its way.
            var count = 0
            var isStuck = false
            while !isStuck {
                let sent = try await onEngine { [count] owner in
                    var portions = 0
                    while owner.connections[0].isWritable {
                        let byte = UInt8(truncatingIfNeeded: count + portions)
                        owner.connections[0].send(ByteBuffer(repeating: byte, count: portion))
                        portions += 1
                    }
                    return portions
                }
                #expect(sent <= 3, "no more than the high water mark and one portion at a time")
                count += sent
                isStuck = try await onEngine { $0.writability.last == false }
            }
            for number in 0..<count {
                #expect(peer.receive(portion) == [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: portion))
            }
            try await waitUntil { $0.writability.last == true && $0.connections[0].isWritable }
        }
    }

    @Test("An owner that hears no more stops all reading after a bounded number of bytes, and gets all when it goes on")
    func bound() async throws {
        try await withHome { adopt in
            let (peer, other) = try PeerSocket.pair()
            try await adopt(other)
            try await waitUntil { $0.connections.count == 1 }
            try await onEngine { $0.isReadingPaused = true }
            // Twice as much as may be on its way; the rest stays with the peer, which can not send it.
            let packet = [200] + [UInt8](repeating: 7, count: 200)
            let packets = (8 << 20) / packet.count
            // On a thread of its own: it blocks until the test goes on, which needs one of those that tasks share.
            let sender = DispatchQueue(label: "sender")
            sender.async {
                for _ in 0..<packets { #expect(throws: Never.self) { try peer.send(packet) } }
            }
            // Less the beginning of a packet, which is not counted.
            try await waitUntil { $0.packets.count * 201 > (4 << 20) - 201 }
            var bytes = 0
            // Until nothing more comes: what is read meanwhile is told in an order, so a look behind it sees all.
            while true {
                try await network.submit {}.get()
                let now = try await onEngine { $0.packets.count * 201 }
                if now == bytes { break }
                bytes = now
            }
            #expect(bytes < (4 << 20) + (1 << 20), "the bound, and what one round reads")
            try await onEngine { owner in
                owner.isReadingPaused = false
                owner.connections[0].resumeReading()
            }
            try await waitUntil { $0.packets.count == packets }
            #expect(try await onEngine { $0.packets.allSatisfy { $0.count == 200 } })
        }
    }

    @Test("A connection that its owner pauses brings no more, its neighbour does; then it goes on")
    func pause() async throws {
        try await withHome { adopt in
            let (peer, other) = try PeerSocket.pair()
            try await adopt(other)
            try await waitUntil { $0.connections.count == 1 }
            try await onEngine { $0.connections[0].isReadingPaused = true }
            // The pause leaves at the end of the round.
            try await onEngine { _ in }
            let (second, its) = try PeerSocket.pair()
            // It is adopted behind the pause, which came to that loop first.
            try await adopt(its)
            try peer.send([1, 1])
            try second.send([1, 2])
            try await waitUntil { $0.packets == [[2]] }
            try await onEngine { owner in
                owner.connections[0].isReadingPaused = false
                owner.connections[0].resumeReading()
            }
            try await waitUntil { $0.packets == [[2], [1]] }
        }
    }

    @Test("A connection that is throttled again and again brings no more than one that is throttled once")
    func throttledAgain() async throws {
        let home = try await engine.submit { [engine, owner] in ConnectionHome(loop: engine, owner: owner) }.get()
        // A loop of SwiftNIO: a read that was asked for is not taken back.
        let channels = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (away, port) = try await NetworkPort.open(on: channels.next(), for: home)
        let (peer, other) = try PeerSocket.pair()
        try await onEngine { $0.throttles = true }
        _ = try await ServerListener.adopt(descriptor: other, on: channels.next()) {
            ServerConnection(owner: away.owner)
        }
        let sender = DispatchQueue(label: "sender")
        sender.async { peer.sendUntilEnd([UInt8](repeating: 1, count: 64 << 10)) }
        try await waitUntil { $0.largest > 0 }
        for _ in 0..<200 {
            try await onEngine { owner in
                owner.connections[0].isThrottled = false
                owner.connections[0].presentAgain()
                owner.connections[0].resumeReading()
            }
            // There and back, so that what was read in between is here.
            try await onEngine { _ in }
            try await channels.next().submit {}.get()
        }
        // What may be on its way before the first pause is there, and one round of reading; not 200 of those.
        #expect(try await onEngine { $0.largest } < 5 << 20)
        // Safe because it runs on the loop of the port.
        try await engine.submit { port.value.end() }.get()
        try await channels.shutdownGracefully()
        try await engine.shutdownGracefully()
        try await network.shutdownGracefully()
    }

    @Test("A task for a loop that has ended fails")
    func endedLoop() async throws {
        try await engine.shutdownGracefully()
        try await network.shutdownGracefully()
        await #expect(throws: EventLoopError.self) { try await engine.submit {}.get() }
    }

    @Test("The last bytes arrive before the end")
    func lastBytes() async throws {
        try await withHome { adopt in
            let (peer, other) = try PeerSocket.pair()
            try await adopt(other)
            try await waitUntil { $0.connections.count == 1 }
            try await onEngine { owner in
                owner.connections[0].close(after: ByteBuffer(repeating: 9, count: 2_000_000), deadline: .hours(1))
                owner.connections[0].send(ByteBuffer(repeating: 8, count: 1))
            }
            let bytes = peer.receive(2_000_001)
            #expect(bytes.count == 2_000_000 && bytes.allSatisfy { $0 == 9 })
            try await waitUntil { $0.closed == [0] }
        }
    }

    @Test("An owner that gives a connection up hears its end at once, and only once")
    func abort() async throws {
        try await withHome { adopt in
            let (peer, other) = try PeerSocket.pair()
            try await adopt(other)
            try await waitUntil { $0.connections.count == 1 }
            let closed = try await onEngine { owner in
                owner.connections[0].abort()
                owner.connections[0].abort()
                return owner.closed
            }
            #expect(closed == [0])
            #expect(peer.waitForEnd())
            let (second, its) = try PeerSocket.pair()
            try await adopt(its)
            try second.send([1, 2])
            try await waitUntil { $0.packets == [[2]] }
            #expect(try await onEngine { $0.closed } == [0])
        }
    }
}
