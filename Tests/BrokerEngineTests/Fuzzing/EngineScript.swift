import BrokerEngine
import MQTTPackets
import PacketCases

/// Any bytes, played to an engine: what several peers send, in which pieces, when they come and go, what the time and the journal do.
///
/// Nothing that peers send may break what must hold; a crash afterwards must find a journal that can be read.
enum EngineScript {
    /// Connections at one time.
    private static let peers = 4
    /// Bytes of stored messages, few enough that limits are met.
    private static let storedBytes = 64 << 10
    /// Packets that a script may name by a number: those of the table that are not long.
    static let packets: [[UInt8]] = PacketCases.all
        .filter { $0.direction == .toServer && $0.bytes.count < 256 && !$0.bytes.isEmpty }
        .map(\.bytes)

    /// What playing a script shows that must not be; empty if all holds.
    static func findings(_ script: [UInt8]) -> [String] {
        var player = Player()
        // A fuzzer plays millions of scripts in one process.
        defer { player.letGo() }
        var reader = Reader(bytes: script)
        var steps = 0
        while let operation = reader.next() {
            player.step(operation, &reader)
            steps += 1
            if steps % 16 == 0 {
                let broken = player.broken()
                if !broken.isEmpty { return broken }
            }
        }
        return player.end()
    }

    /// The bytes of a script, one after the other.
    struct Reader {
        let bytes: [UInt8]
        private var offset = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func next() -> UInt8? {
            guard offset < bytes.count else { return nil }
            offset += 1
            return bytes[offset - 1]
        }

        mutating func take(_ count: Int) -> [UInt8] {
            let end = min(bytes.count, offset + count)
            defer { offset = end }
            return Array(bytes[offset..<end])
        }
    }

    /// The engine with its peers.
    private struct Player {
        private var harness = EngineHarness {
            $0.limits.storedBytes = EngineScript.storedBytes
            $0.limits.queuedMessagesPerSession = 50
            $0.limits.queuedMessagesPerGroup = 50
            $0.limits.subscriptionsPerSession = 20
            $0.limits.retainedMessages = 20
            $0.limits.sessions = 6
            $0.limits.outputBytesPerConnection = 4_096
            $0.limits.receiveMaximum = 5
            $0.limits.stateKeys = 20
            $0.limits.journalSlack = 4_096
            $0.limits.messageRate = RateLimit(perSecond: 50, burst: 60)
            $0.limits.byteRate = RateLimit(perSecond: 100_000, burst: 100_000)
            $0.limits.slowReaderDeadline = 20
            $0.limits.maximumSessionExpiry = 600
        }
        private var connected: [Peer?] = Array(repeating: nil, count: EngineScript.peers)

        func letGo() { harness.letGo() }

        mutating func step(_ operation: UInt8, _ reader: inout Reader) {
            let index = Int(operation >> 4) % EngineScript.peers
            switch operation & 0x0F {
            case 0...3: peer(index)?.send(bytes: reader.take(Int(reader.next() ?? 0)))
            case 4...8:
                // A packet of the table: two bytes name it.
                let number = Int(reader.next() ?? 0) << 8 | Int(reader.next() ?? 0)
                peer(index)?.send(bytes: EngineScript.packets[number % EngineScript.packets.count])
            case 9: connect(index, reader.next() ?? 0)
            case 10: live(index)?.cut()
            case 11: harness.advance(milliseconds: Int64(reader.next() ?? 0) * 250)
            case 12: if let peer = live(index) { harness.setWritable(!peer.isWritable, peer) }
            case 13:
                harness.holdsPages.toggle()
                if !harness.holdsPages { harness.settle() }
            case 14:
                if operation & 0x10 == 0 { harness.completePage() } else { harness.failPage(isFull: true) }
                harness.retryPage()
            default: acknowledge(index)
            }
            for case let peer? in connected where peer.inbox.count > 100 { _ = peer.take() }
        }

        private func live(_ index: Int) -> Peer? {
            guard let peer = connected[index], !peer.isClosed else { return nil }
            return peer
        }

        /// The peer of a place, connected anew where it is gone; it has sent nothing yet then.
        private mutating func peer(_ index: Int) -> Peer? {
            if let peer = live(index) { return peer }
            connected[index] = harness.open("peer-\(index)")
            return connected[index]
        }

        private mutating func connect(_ index: Int, _ how: UInt8) {
            live(index)?.cut()
            guard let peer = peer(index) else { return }
            var connect = Connect(clientIdentifier: "client-\(how & 3)")
            connect.version = how & 4 == 0 ? .v5 : .v3_1_1
            connect.cleanStart = how & 8 == 0
            if connect.version == .v5 {
                connect.properties.sessionExpiryInterval = how & 16 == 0 ? nil : 30
                connect.properties.receiveMaximum = how & 32 == 0 ? nil : 2
                connect.properties.maximumPacketSize = how & 64 == 0 ? nil : 60
                if how & 128 != 0 { connect.properties.userProperties = [UserProperty(name: "martlet", value: "1")] }
            }
            peer.send(.connect(connect))
        }

        /// Acknowledges what came, as a client that works does.
        private func acknowledge(_ index: Int) {
            guard let peer = live(index) else { return }
            for packet in peer.take() {
                switch packet {
                case .publish(let publish):
                    guard let identifier = publish.packetIdentifier else { continue }
                    if publish.qos == .exactlyOnce {
                        peer.send(.pubrec(PubRec(packetIdentifier: identifier)))
                    } else {
                        peer.acknowledge(publish)
                    }
                case .pubrec(let answer): peer.send(.pubrel(PubRel(packetIdentifier: answer.packetIdentifier)))
                case .pubrel(let answer): peer.send(.pubcomp(PubComp(packetIdentifier: answer.packetIdentifier)))
                default: continue
                }
            }
        }

        /// What does not hold now; asked between turns.
        func broken() -> [String] {
            harness.turn()
            return harness.engine.brokenInvariants() + unreadable()
        }

        /// What the broker sent must be packets.
        private func unreadable() -> [String] {
            connected.compactMap { peer in
                guard let peer, let error = peer.error, peer.speaksItsVersion else { return nil }
                return "what came to \(peer.name) is no packet: \(error)"
            }
        }

        /// Lets everything settle, crashes, and looks at what a restart finds.
        mutating func end() -> [String] {
            var broken = broken()
            guard broken.isEmpty else { return broken }
            harness.holdsPages = false
            harness.completePage()
            harness.retryPage()
            harness.settle()
            broken = self.broken()
            guard broken.isEmpty else { return broken }
            let restarted = harness.crash(downtime: 1_000)
            if let summary = restarted.summary, summary.unreadableRecords > 0 || summary.lostSessions > 0 {
                return ["a restart could not read the journal: \(summary)"]
            }
            return restarted.engine.brokenInvariants()
        }
    }
}
