import BrokerEngine
import MQTTPackets
import NIOCore
import Testing

/// Statements about SUBSCRIBE and UNSUBSCRIBE that the other tests do not show on their way (`docs/conformance.md`).
@Suite struct SubscribeStatementTests {
    @Test(arguments: PublishStatementTests.versions)
    func answersCarryTheIdentifierOfTheirPacket(version: ProtocolVersion) {
        let harness = EngineHarness()
        let peer = harness.connect("peer", version)
        for identifier in [1, 258, 65_535] as [UInt16] {
            let filter = SubscribeFilter(filter: "a/\(identifier)", qos: .atLeastOnce)
            peer.send(.subscribe(Subscribe(packetIdentifier: identifier, filters: [filter])))
            #expect(peer.subAck?.packetIdentifier == identifier, "MQTT-3.8.4-2")
            // The second time nothing ends, and it is answered all the same: MQTT-3.10.4-5.
            for _ in 0..<2 {
                peer.send(.unsubscribe(Unsubscribe(packetIdentifier: identifier, filters: ["a/\(identifier)"])))
                #expect(peer.unsubAck?.packetIdentifier == identifier, "MQTT-2.2.1-6")
                _ = peer.take()
            }
        }
    }

    @Test(arguments: PublishStatementTests.versions)
    func replacingASubscriptionLosesNothing(version: ProtocolVersion) {
        let harness = EngineHarness()
        let writer = harness.connect("writer")
        writer.publish("a", "kept", retain: true)
        let peer = harness.connect("peer", version)
        peer.subscribe("a")
        #expect(peer.takeAndAcknowledge().map(\.text) == ["kept"])
        harness.endsTurns = false
        // Queued for the old subscription, not sent yet.
        for text in ["1", "2", "3"] { writer.publish("a", text) }
        peer.subscribe("a", qos: .atLeastOnce)
        writer.publish("a", "4")
        harness.endsTurns = true
        harness.turn()
        let came = peer.takeAndAcknowledge().map(\.text)
        #expect(came.filter { $0 != "kept" } == ["1", "2", "3", "4"], "MQTT-3.8.4-4: none is lost, none comes twice")
        #expect(came.filter { $0 == "kept" }.count == 1, "MQTT-3.8.4-4: retained messages come again")
    }

    @Test(arguments: PublishStatementTests.versions)
    func nothingIsAddedForAnEndedSubscription(version: ProtocolVersion) {
        let harness = EngineHarness()
        let peer = harness.connect("peer", version)
        peer.subscribe("a/+")
        peer.subscribe("b")
        let writer = harness.connect("writer")
        writer.publish("a/1", "before")
        peer.unsubscribe("a/+")
        writer.publish("a/1", "after")
        writer.publish("b", "other")
        #expect(peer.takePayloads() == ["before", "other"], "MQTT-3.10.4-2")
    }
}
