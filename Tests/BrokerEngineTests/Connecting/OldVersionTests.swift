import BrokerAccess
import MQTTPackets
import NIOCore
import Testing

@testable import BrokerEngine

/// What MQTT 3.1.1 does otherwise, on the same port.
@Suite struct OldVersionTests {
    @Test func aSecondConnectClosesWithoutAWord() {
        let harness = EngineHarness()
        let witness = harness.connect("witness")
        witness.subscribe("will")
        let peer = harness.connectOld("a") { $0.will = Will(topic: "will", payload: ByteBuffer(string: "gone")) }
        _ = peer.take()
        peer.send(.connect(Connect(version: .v3_1_1, clientIdentifier: "a")))
        #expect(peer.isClosed, "MQTT-3.1.0-2")
        #expect(peer.inbox.isEmpty)
        #expect(witness.takePayloads() == ["gone"])
        harness.check()
    }

    @Test func acknowledgementsHaveNoReason() {
        let harness = EngineHarness()
        let peer = harness.connectOld("a")
        _ = peer.take()
        let before = peer.receivedBytes
        peer.publish("nobody/reads/this")
        #expect(peer.takePubAcks().map(\.reasonCode) == [.success])
        #expect(peer.receivedBytes - before == 4)
    }

    @Test func disconnectHasNoProperties() {
        let harness = EngineHarness()
        let peer = harness.connectOld("a", clean: false)
        _ = peer.take()
        peer.send(bytes: [0xE0, 2, 0, 0])
        #expect(peer.isClosed)
        #expect(peer.inbox.isEmpty)
        #expect(harness.engine.statistics.protocolErrors == 1, "its length is 0 in 3.1.1")
    }

    @Test func authIsReserved() {
        let harness = EngineHarness()
        let peer = harness.connectOld("a")
        _ = peer.take()
        peer.send(bytes: [0xF0, 0])
        #expect(peer.isClosed)
        #expect(peer.inbox.isEmpty)
    }

    /// The return codes of refusals (3.1.1 §3.2.2.3).
    @Test(
        arguments: [
            (ReasonCode.badUserNameOrPassword, 4), (.notAuthorized, 5), (.banned, 5), (.serverUnavailable, 3),
            (.quotaExceeded, 3), (.clientIdentifierNotValid, 2),
        ] as [(ReasonCode, UInt8)]
    )
    func aRefusalHasItsReturnCode(reason: ReasonCode, code: UInt8) {
        let harness = EngineHarness()
        let peer = harness.connectAuthenticating("a") { $0.version = .v3_1_1 }
        peer.keepsBytes = true
        harness.answer(peer, .refused(reason, ""))
        #expect(peer.receivedStart == [0x20, 2, 0, code])
        #expect(peer.isClosed)
    }

    @Test func keepAliveAndWillAreThoseOfMQTT5() {
        let harness = EngineHarness()
        let witness = harness.connectOld("witness")
        witness.subscribe("will")
        let peer = harness.connectOld("a") {
            $0.keepAlive = 10
            $0.will = Will(topic: "will", payload: ByteBuffer(string: "gone"), qos: .atLeastOnce, retain: true)
        }
        _ = peer.take()
        harness.advance(seconds: 15)
        #expect(peer.isClosed)
        #expect(peer.inbox.isEmpty)
        #expect(witness.takePayloads() == ["gone"])
        #expect(harness.engine.statistics.retainedMessages == 1)
        harness.check()
    }
}
