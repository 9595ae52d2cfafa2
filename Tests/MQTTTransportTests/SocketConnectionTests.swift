import Glibc
import MQTTTransport
import NIOCore
import Testing

@Suite("A connection on a loop of plain sockets")
struct SocketConnectionTests {
    private let loop: SocketLoop
    private let owner = RecordingOwner()

    init() throws { loop = try SocketLoop.start() }

    private func onLoop<T: Sendable>(_ body: @escaping @Sendable (RecordingOwner) throws -> T) async throws -> T {
        try await loop.submit { [owner] in try body(owner) }.get()
    }

    private func waitUntil(_ condition: @escaping @Sendable (RecordingOwner) -> Bool) async throws {
        while try await !onLoop(condition) { await Task.yield() }
    }

    private func adopt(_ descriptor: CInt) async throws {
        try await loop.submit { [loop, owner] in try SocketConnection.adopt(descriptor, on: loop, owner: owner) }.get()
    }

    private func end() async throws { try await loop.shutdownGracefully() }

    @Test("Bytes arrive, whole packets are taken, and the rest is presented again with more behind it")
    func parts() async throws {
        let (peer, other) = try PeerSocket.pair()
        try await adopt(other)
        try peer.send([2, 1, 2, 3, 7])
        try await waitUntil { $0.calls == 1 }
        try peer.send([8])
        try await waitUntil { $0.calls == 2 }
        try peer.send([9, 1, 5])
        try await waitUntil { $0.packets.count == 3 }
        #expect(try await onLoop { $0.packets } == [[1, 2], [7, 8, 9], [5]])
        try await end()
    }

    @Test("What one side sends in any portions, the other gets back in order", arguments: [1, 97, 5_000])
    func echo(portion: Int) async throws {
        let (peer, other) = try PeerSocket.pair()
        try await onLoop { $0.echoes = true }
        try await adopt(other)
        try peer.expectEcho(inPortionsOf: portion)
        try await end()
    }

    @Test("The end of the peer is told once")
    func peerEnds() async throws {
        let (peer, other) = try PeerSocket.pair()
        try await adopt(other)
        try peer.send([1, 1])
        peer.endSending()
        try await waitUntil { $0.closed == [0] }
        #expect(try await onLoop { $0.packets } == [[1]])
        #expect(peer.waitForEnd())
        try await end()
    }

    @Test("An owner that does not want a connection has it closed")
    func unwanted() async throws {
        let (peer, other) = try PeerSocket.pair()
        try await onLoop { $0.accepts = false }
        try await adopt(other)
        #expect(peer.waitForEnd())
        #expect(try await onLoop { $0.closed }.isEmpty)
        try await end()
    }

    @Test("A peer that does not read makes the connection unwritable; when it reads it gets all, in order")
    func backPressure() async throws {
        let (peer, other) = try PeerSocket.pair()
        try await adopt(other)
        let portion = 100_000
        let count = try await onLoop { owner in
            var portions = 0
            while owner.connections[0].isWritable {
                owner.connections[0].send(ByteBuffer(repeating: UInt8(truncatingIfNeeded: portions), count: portion))
                portions += 1
            }
            return portions
        }
        #expect(try await onLoop { $0.writability } == [false])
        for number in 0..<count {
            #expect(peer.receive(portion) == [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: portion))
        }
        try await waitUntil { $0.writability == [false, true] }
        try await end()
    }

    @Test("While it is paused nothing is read, by itself or by its owner; then it goes on", arguments: [false, true])
    func pause(ofOwner: Bool) async throws {
        let (peer, other) = try PeerSocket.pair()
        try await adopt(other)
        try await onLoop { owner in
            if ofOwner { owner.isReadingPaused = true } else { owner.connections[0].isReadingPaused = true }
        }
        let (second, its) = try PeerSocket.pair()
        try peer.send([1, 1])
        if !ofOwner {
            // A neighbour is read all the same, later than the paused one would have been.
            try await adopt(its)
            try second.send([1, 2])
            try await waitUntil { $0.packets.count == 1 }
        } else {
            Glibc.close(its)
            for _ in 0..<10 { #expect(try await onLoop { $0.calls } == 0) }
        }
        try await onLoop { owner in
            owner.isReadingPaused = false
            owner.connections[0].isReadingPaused = false
            owner.connections[0].resumeReading()
        }
        try await waitUntil { $0.packets.last == [1] }
        try await end()
    }

    @Test("The last bytes arrive before the end")
    func lastBytes() async throws {
        let (peer, other) = try PeerSocket.pair()
        try await adopt(other)
        try await onLoop { owner in
            owner.connections[0].close(after: ByteBuffer(repeating: 9, count: 2_000_000), deadline: .hours(1))
            owner.connections[0].send(ByteBuffer(repeating: 8, count: 1))
        }
        #expect(peer.receive(2_000_001).prefix(2_000_000).allSatisfy { $0 == 9 })
        try await waitUntil { $0.closed == [0] }
        try await end()
    }

    @Test("Last bytes that nobody reads end with their deadline")
    func deadline() async throws {
        let (peer, other) = try PeerSocket.pair()
        try await adopt(other)
        try await onLoop { owner in
            owner.connections[0].close(after: ByteBuffer(repeating: 9, count: 2_000_000), deadline: .milliseconds(1))
        }
        try await waitUntil { $0.closed == [0] }
        #expect(peer.waitForEnd())
        try await end()
    }

    @Test("A connection whose peer is gone takes bytes without harm, and its end is told once")
    func sendToNobody() async throws {
        let other = try {
            // The other end is closed when this ends.
            try PeerSocket.pair().1
        }()
        try await adopt(other)
        try await onLoop { owner in
            for _ in 0..<3 { owner.connections[0].send(ByteBuffer(repeating: 1, count: 1_000)) }
        }
        try await waitUntil { $0.closed == [0] }
        try await onLoop { owner in
            owner.connections[0].send(ByteBuffer(repeating: 1, count: 1))
            owner.connections[0].abort()
        }
        #expect(try await onLoop { $0.closed } == [0])
        try await end()
    }

    @Test("A listener accepts connections until it is closed; an ended loop closes them")
    func listener() async throws {
        let listener = try await loop.submit { [loop, owner] in
            let homes = [ConnectionHome(loop: loop, owner: owner)]
            return try SocketListener(.tcp(host: "127.0.0.1", port: 0), on: loop, homes: homes)
        }.get()
        let port = try #require(listener.address.port)
        try await onLoop { $0.echoes = true }
        let first = try PeerSocket(port: port)
        let second = try PeerSocket(port: port)
        try second.send([1, 2])
        try first.send([1, 1])
        #expect(first.receive(2) == [1, 1])
        #expect(second.receive(2) == [1, 2])
        await listener.close()
        #expect(throws: PeerSocket.Refused.self) { _ = try PeerSocket(port: port) }
        try first.send([1, 3])
        #expect(first.receive(2) == [1, 3])
        try await end()
        #expect(first.waitForEnd())
    }
}
