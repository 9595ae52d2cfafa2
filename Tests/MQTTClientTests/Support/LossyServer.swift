import MQTTPackets
import NIOCore
import ScriptedPeer
import Testing

/// A server that keeps a session and drops its connection at random moments, and notes what the client does wrong.
struct LossyServer {
    /// How many messages it delivers.
    let deliveries: Int
    /// How many messages the client publishes.
    let publishes: Int
    let receiveMaximum: Int
    let place: Comment

    private let peer: Peer
    private var random: SplitMix64

    // What the client publishes: texts in the order in which they came first, and those that the client may know as acknowledged.
    private var order: [String: Int] = [:]
    private var texts: [UInt16: String] = [:]
    private var answered: Set<String> = []
    // What it delivers: unacknowledged packet identifiers in order, and how many were sent and acknowledged so far.
    private var unacknowledged: [UInt16] = []
    private var sent = 0
    private var acknowledged = 0
    private var isLeft = false

    init(_ peer: Peer, deliveries: Int, publishes: Int, receiveMaximum: Int, seed: UInt64) {
        self.peer = peer
        self.deliveries = deliveries
        self.publishes = publishes
        self.receiveMaximum = receiveMaximum
        self.random = SplitMix64(seed: seed)
        self.place = "seed \(seed)"
    }

    private var isDone: Bool { self.answered.count == self.publishes && self.acknowledged == self.deliveries }

    /// Serves until the client says good-bye; when everything is delivered and acknowledged, no connection is dropped.
    ///
    /// - Parameter allAcknowledged: Counts up when all deliveries are acknowledged.
    /// - Returns: How many connections it took.
    /// - Throws: What the client does that no client may.
    mutating func serve(_ allAcknowledged: Counter) async throws -> Int {
        var connections = 0
        while !self.isLeft {
            let limit = UInt16.random(in: 1...20, using: &self.random)
            let properties = ConnAckProperties(receiveMaximum: limit)
            let (connection, _) = try await self.peer.welcome(
                ConnAck(sessionPresent: connections > 0, properties: properties)
            )
            connections += 1
            try await self.serve(connection, limit: Int(limit), allAcknowledged)
            await connection.close()
        }
        return connections
    }

    private mutating func serve(_ connection: PeerConnection, limit: Int, _ allAcknowledged: Counter) async throws {
        for identifier in self.unacknowledged { try await connection.send(self.delivery(identifier, dup: true)) }
        var toAnswer: [UInt16] = []
        var lastResent = -1
        var sawNew = false
        while !self.isLeft {
            let choice = Int.random(in: 0..<100, using: &self.random)
            if choice < 2, !self.isDone { return }
            if choice < 40, self.sent < self.deliveries, self.unacknowledged.count < self.receiveMaximum {
                self.sent += 1
                let identifier = UInt16(self.sent)
                self.unacknowledged.append(identifier)
                try await connection.send(self.delivery(identifier, dup: false))
                continue
            }
            if !toAnswer.isEmpty, choice < 80 || toAnswer.count == limit {
                try await self.answer(&toAnswer, connection)
                continue
            }
            // Something must be on its way, else waiting for it would never end.
            let isAnythingExpected =
                self.isDone || !self.unacknowledged.isEmpty || self.answered.count + toAnswer.count < self.publishes
            guard isAnythingExpected else { continue }
            switch try await connection.receive() {
            case .puback(let puback):
                #expect(puback.packetIdentifier == self.unacknowledged.first, self.place)
                self.unacknowledged.removeFirst()
                self.acknowledged += 1
                if self.acknowledged == self.deliveries { allAcknowledged.next() }
            case .publish(let publish):
                self.check(publish, &lastResent, &sawNew)
                toAnswer.append(publish.packetIdentifier ?? 0)
                #expect(toAnswer.count <= limit, self.place)
            case .disconnect: self.isLeft = true
            default: throw PeerError.unexpected
            }
        }
    }

    private mutating func answer(_ toAnswer: inout [UInt16], _ connection: PeerConnection) async throws {
        let identifier = toAnswer.removeFirst()
        try await connection.send(.puback(PubAck(packetIdentifier: identifier)))
        if let text = self.texts[identifier] { self.answered.insert(text) }
    }

    private mutating func check(_ publish: Publish, _ lastResent: inout Int, _ sawNew: inout Bool) {
        let text = String(buffer: publish.payload)
        let identifier = publish.packetIdentifier ?? 0
        if let known = self.order[text] {
            #expect(publish.dup, self.place)
            #expect(self.texts[identifier] == text, self.place)
            #expect(known > lastResent, self.place)
            lastResent = known
        } else {
            self.order[text] = self.order.count
            // One that was sent and never arrived is marked as a duplicate, too, and keeps its place among them.
            if publish.dup { lastResent = self.order.count - 1 }
            if let earlier = self.texts[identifier] { #expect(self.answered.contains(earlier), self.place) }
            self.texts[identifier] = text
        }
        if publish.dup { #expect(!sawNew, self.place) } else { sawNew = true }
    }

    private func delivery(_ identifier: UInt16, dup: Bool) -> Packet {
        .publish(
            Publish(
                dup: dup,
                qos: .atLeastOnce,
                topic: "in",
                packetIdentifier: identifier,
                payload: ByteBuffer(string: "\(identifier)")
            )
        )
    }
}
