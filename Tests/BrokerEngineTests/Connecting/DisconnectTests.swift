import MQTTPackets
import NIOCore
import Testing

@testable import BrokerEngine

/// DISCONNECT in both directions (MQTT 5.0 §3.14).
@Suite struct DisconnectTests {
    /// Every reason that a client may give, and whether its will is sent.
    @Test(arguments: [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99] as [UInt8])
    func theReasonDecidesAboutTheWill(reason: UInt8) {
        let harness = EngineHarness()
        let witness = harness.connect("witness")
        witness.subscribe("will")
        let peer = harness.connect("a") { $0.will = Will(topic: "will", payload: ByteBuffer(string: "gone")) }
        _ = peer.take()
        peer.disconnect(ReasonCode(rawValue: reason))
        #expect(peer.isClosed)
        #expect(peer.inbox.isEmpty, "it is not answered")
        #expect(witness.takePayloads() == (reason == 0 ? [] : ["gone"]), "MQTT-3.14.4-3")
        #expect(harness.engine.statistics.protocolErrors == 0)
        harness.check()
    }

    @Test(arguments: [0x01, 0x87, 0x8B, 0x8D, 0x8E, 0x9C, 0x9D] as [UInt8])
    func aReasonOfServersIsAProtocolError(reason: UInt8) {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.send(bytes: [0xE0, 2, reason, 0])
        #expect(peer.isClosed)
        #expect([.protocolError, .malformedPacket].contains(peer.disconnectReason))
        harness.check()
    }

    @Test func aServerReferenceFromAClientIsAProtocolError() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.send(bytes: [0xE0, 6, 0, 4, 0x1C, 0, 1, 0x61])
        #expect(peer.disconnectReason == .protocolError)
    }

    @Test func anExpiryThatComesTwiceIsAProtocolErrorAndChangesNothing() {
        let harness = EngineHarness()
        let peer = harness.resume("a") { $0.will = Will(topic: "t") }
        peer.send(bytes: [0xE0, 12, 0, 10, 0x11, 0, 0, 0, 0, 0x11, 0, 0, 0, 0])
        #expect(peer.disconnectReason == .protocolError)
        #expect(harness.engine.statistics.sessions == 1, "the session goes on as CONNECT had it")
        harness.check()
    }

    @Test func nothingIsTakenBehindDisconnect() {
        let harness = EngineHarness()
        let witness = harness.connect("witness")
        witness.subscribe("#")
        let peer = harness.connect("a")
        var bytes: [UInt8] = [0xE0, 0]
        bytes += [0x30, 4, 0, 1, 0x61, 0]
        peer.send(bytes: bytes)
        #expect(peer.isClosed)
        #expect(witness.takePublishes().isEmpty)
    }

    @Test func theExpiryOfDisconnectMayBeLongerButNotEndless() {
        let harness = EngineHarness { $0.limits.maximumSessionExpiry = 100 }
        let peer = harness.connect("a") {
            $0.cleanStart = false
            $0.properties.sessionExpiryInterval = 10
        }
        peer.disconnect(sessionExpiry: .max)
        harness.advance(seconds: 99)
        #expect(harness.engine.statistics.sessions == 1)
        harness.advance(seconds: 1)
        #expect(harness.engine.statistics.sessions == 0)
        harness.check()
    }

    @Test func aDisconnectWithUserPropertiesIsTaken() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        _ = peer.take()
        var packet = Disconnect()
        packet.properties.reasonString = "enough"
        packet.properties.userProperties = [UserProperty(name: "a", value: "b")]
        peer.send(.disconnect(packet))
        #expect(peer.isClosed)
        #expect(peer.inbox.isEmpty)
        #expect(harness.engine.statistics.protocolErrors == 0)
    }
}
