import BrokerEngine
import MQTTPackets
import PacketCases
import Testing

/// The table of packets, thrown at a broker: what is wrong ends that connection, with the reason, and nothing else.
@Suite struct PacketCaseTests {
    /// What the broker gets: only packets that go its way.
    private static let toServer = PacketCases.all.filter { $0.direction == .toServer }

    @Test(arguments: toServer.filter { $0.type != .connect && $0.reasonCode != nil })
    func aBadPacketEndsItsConnection(_ bad: PacketCase) {
        let harness = EngineHarness()
        let witness = harness.connect("witness")
        witness.subscribe("#")
        let peer = bad.version == .v5 ? harness.connect("peer") : harness.connectOld("peer")
        _ = peer.take()
        peer.send(bytes: bad.bytes)
        #expect(peer.isClosed)
        let came = peer.take()
        if bad.version == .v5 {
            guard case .disconnect(let disconnect) = came.last else {
                Issue.record("no DISCONNECT: \(came)")
                return
            }
            #expect(disconnect.reasonCode == bad.reasonCode)
        } else {
            #expect(came.isEmpty, "3.1.1 has no DISCONNECT from the server")
        }
        #expect(!witness.isClosed)
        #expect(witness.takePublishes().isEmpty)
        #expect(harness.engine.statistics.protocolErrors == 1)
        #expect(harness.engine.statistics.connectedClients == 1)
        harness.check()
    }

    @Test(arguments: toServer.filter { $0.type == .connect && $0.reasonCode != nil })
    func aBadConnectIsRefused(_ bad: PacketCase) {
        let harness = EngineHarness()
        guard let peer = harness.open() else { return }
        peer.send(bytes: bad.bytes)
        #expect(peer.isClosed)
        #expect(harness.engine.statistics.sessions == 0)
        harness.check()
    }

    @Test(arguments: toServer.filter { $0.packet != nil })
    func aGoodPacketIsTakenWhole(_ good: PacketCase) {
        let harness = EngineHarness()
        guard let packet = good.packet else { return }
        let peer: Peer
        if case .connect = packet {
            guard let opened = harness.open() else { return }
            peer = opened
        } else {
            peer = good.version == .v5 ? harness.resume("peer") : harness.connectOld("peer")
            _ = peer.take()
        }
        peer.send(bytes: good.bytes)
        #expect(peer.unsent.isEmpty)
        #expect(peer.disconnectReason != .malformedPacket)
        #expect(peer.error == nil || packet.isConnect, "what the broker answers can be read")
        harness.check()
    }

    @Test(arguments: toServer.filter { if case .incomplete = $0.expected { true } else { false } })
    func halfAPacketIsWaitedFor(_ half: PacketCase) {
        let harness = EngineHarness()
        let peer: Peer
        if half.type == .connect {
            guard let opened = harness.open() else { return }
            peer = opened
        } else {
            peer = half.version == .v5 ? harness.connect("peer") : harness.connectOld("peer")
        }
        peer.send(bytes: half.bytes)
        #expect(!peer.isClosed)
        #expect(peer.unsent == half.bytes)
    }

    @Test(arguments: PacketCases.all.filter { $0.direction == .toClient && $0.packet != nil })
    func aPacketOfTheWrongDirectionEndsTheConnection(_ good: PacketCase) {
        // These go both ways, or are for a later packet type to decide.
        let goBothWays: [PacketType] = [.publish, .puback, .pubrec, .pubrel, .pubcomp, .disconnect, .auth]
        guard let type = good.type, !goBothWays.contains(type) else { return }
        let harness = EngineHarness()
        let peer = good.version == .v5 ? harness.connect("peer") : harness.connectOld("peer")
        peer.send(bytes: good.bytes)
        #expect(peer.isClosed)
        if good.version == .v5 { #expect(peer.disconnectReason == .protocolError) }
    }
}

extension Packet {
    fileprivate var isConnect: Bool { if case .connect = self { true } else { false } }
}
