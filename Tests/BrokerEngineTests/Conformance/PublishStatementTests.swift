import BrokerEngine
import MQTTPackets
import NIOCore
import Testing

/// Statements about PUBLISH and its acknowledgements that the other tests do not show on their way (`docs/conformance.md`).
@Suite struct PublishStatementTests {
    static let versions: [ProtocolVersion] = [.v5, .v3_1_1]

    @Test(arguments: versions)
    func aByteOrderMarkIsACharacter(version: ProtocolVersion) {
        let harness = EngineHarness()
        let reader = harness.connect("reader", version)
        reader.subscribe("\u{FEFF}a")
        let other = harness.connect("other", version)
        other.subscribe("a")
        harness.connect("writer", version).publish("\u{FEFF}a", "1")
        let came = reader.takePublishes()
        #expect(
            came.map { Array($0.topic.utf8) } == [[0xEF, 0xBB, 0xBF, 0x61]],
            "MQTT-1.5.4-3: neither skipped nor stripped"
        )
        #expect(other.takePublishes().isEmpty)
    }

    @Test(arguments: versions)
    func whatIsSentOnHasItsOwnDup(version: ProtocolVersion) {
        let harness = EngineHarness()
        let reader = harness.connect("reader", version)
        reader.subscribe("a")
        let writer = harness.connect("writer", version)
        writer.send(.publish(Publish(dup: true, qos: .atLeastOnce, topic: "a", packetIdentifier: 9)))
        let came = reader.takePublishes()
        #expect(came.map(\.dup) == [false], "MQTT-3.3.1-3")
    }

    @Test(arguments: versions, [false, true])
    func anAcknowledgedIdentifierIsANewMessage(version: ProtocolVersion, dup: Bool) {
        let harness = EngineHarness()
        let reader = harness.connect("reader", version)
        reader.subscribe("a")
        let writer = harness.connect("writer", version)
        for payload in ["1", "2"] {
            writer.send(
                .publish(
                    Publish(
                        dup: dup,
                        qos: .atLeastOnce,
                        topic: "a",
                        packetIdentifier: 5,
                        payload: ByteBuffer(string: payload)
                    )
                )
            )
            #expect(writer.takePubAcks().map(\.packetIdentifier) == [5])
        }
        #expect(reader.takePayloads() == ["1", "2"], "MQTT-4.3.2-5")
    }

    @Test func aFullWindowHoldsBackPublishesOnly() {
        let harness = EngineHarness()
        let peer = harness.connect("peer") { $0.properties.receiveMaximum = 1 }
        peer.subscribe("a")
        let writer = harness.connect("writer")
        for _ in 0..<3 { writer.publish("a") }
        #expect(peer.takePublishes().count == 1)
        _ = peer.take()
        // Nothing is acknowledged; everything else goes on: MQTT-3.3.4-10, MQTT-4.9.0-3.
        peer.subscribe("b")
        peer.unsubscribe("b")
        peer.send(.pingreq)
        peer.publish("nobody")
        peer.send(.pubrel(PubRel(packetIdentifier: 1)))
        #expect(peer.take().map(\.type) == [.suback, .unsuback, .pingresp, .puback, .pubcomp])
    }

    @Test func aWillWithoutRetainIsNotKept() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("w") { $0.retainAsPublished = true }
        harness.connect("a") { $0.will = Will(topic: "w", payload: ByteBuffer(string: "gone")) }.cut()
        let came = reader.takePublishes()
        #expect(came.map(\.text) == ["gone"])
        #expect(came.map(\.retain) == [false], "MQTT-3.1.2-14")
        #expect(harness.engine.statistics.retainedMessages == 0)
    }
}

extension EngineHarness {
    /// Connects with either version: clean, with no session that lasts.
    func connect(_ client: String, _ version: ProtocolVersion) -> Peer {
        version == .v5 ? connect(client) : connectOld(client)
    }
}
