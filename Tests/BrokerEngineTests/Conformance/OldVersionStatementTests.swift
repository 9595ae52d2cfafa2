import BrokerEngine
import MQTTPackets
import NIOCore
import PacketCases
import Testing

/// Statements of MQTT 3.1.1 that differ from those of 5.0, or that only 3.1.1 makes (`docs/conformance.md`).
@Suite struct OldVersionStatementTests {
    private let harness = EngineHarness()

    private static let will = Will(topic: "w", payload: ByteBuffer(string: "gone"), qos: .atLeastOnce)

    @Test func aSecondConnectEndsTheConnection() {
        let peer = harness.connectOld("a")
        _ = peer.take()
        peer.send(.connect(Connect(version: .v3_1_1, clientIdentifier: "a")))
        #expect(peer.isClosed, "MQTT-3.1.0-2")
        #expect(peer.inbox.isEmpty)
    }

    @Test func messagesAreKeptForASessionThatIsAway() {
        let peer = harness.connectOld("a", clean: false)
        peer.subscribe("a", qos: .atLeastOnce)
        peer.disconnect()
        let writer = harness.connectOld("writer")
        for text in ["1", "2"] { writer.publish("a", text) }
        let again = harness.connectOld("a", clean: false)
        #expect(again.connAck?.sessionPresent == true)
        #expect(again.takePayloads() == ["1", "2"], "MQTT-3.1.2-5")
    }

    @Test func retainedMessagesOutliveTheSession() {
        let writer = harness.connectOld("writer")
        writer.publish("a", "kept", retain: true)
        writer.disconnect()
        let reader = harness.connectOld("reader")
        reader.subscribe("a")
        #expect(reader.takePayloads() == ["kept"], "MQTT-3.1.2-7")
    }

    @Test func theWillIsPublishedWhenTheConnectionBreaks() {
        let reader = harness.connectOld("reader")
        reader.subscribe("w")
        harness.connectOld("a") { $0.will = Self.will }.cut()
        #expect(reader.takePayloads() == ["gone"], "MQTT-3.1.2-8")
    }

    @Test func withoutWillNoneIsPublished() {
        let reader = harness.connectOld("reader")
        reader.subscribe("#")
        harness.connectOld("a") { $0.will = Self.will }.disconnect()
        #expect(reader.takePublishes().isEmpty, "MQTT-3.14.4-3: DISCONNECT discards it")
        harness.connectOld("a").cut()
        #expect(reader.takePublishes().isEmpty, "MQTT-3.1.2-12")
    }

    @Test func anEmptyIdentifierIsReplacedByOneOfItsOwn() {
        let peers = [harness.connectOld(""), harness.connectOld("")]
        #expect(
            peers.allSatisfy { $0.connAck?.reasonCode == .success && !$0.isClosed },
            "MQTT-3.1.3-6: none took the other over"
        )
        #expect(harness.engine.statistics.sessions == 2)
    }

    /// Where no return code says what is wrong, nothing is said: MQTT-3.1.4-1, MQTT-3.2.2-6.
    @Test(
        arguments: PacketCases.all.filter {
            $0.type == .connect && $0.version == .v3_1_1 && $0.reasonCode != nil
                && ![.unsupportedProtocolVersion, .clientIdentifierNotValid].contains($0.reasonCode)
        }
    )
    func aMalformedConnectIsNotAnswered(_ bad: PacketCase) throws {
        let peer = try #require(harness.open())
        peer.send(bytes: bad.bytes)
        #expect(peer.isClosed)
        #expect(peer.receivedBytes == 0)
    }

    @Test func aRefusalNeverSaysThatThereIsASession() {
        harness.connectOld("a", clean: false).disconnect()
        let peer = harness.connectOld("", clean: false)
        #expect(peer.isClosed)
        #expect(peer.connAck == ConnAck(sessionPresent: false, reasonCode: .clientIdentifierNotValid), "MQTT-3.2.2-4")
    }

    @Test func aRetainedMessageOfQoS0TakesThePlaceOfTheOneBefore() {
        let writer = harness.connectOld("writer")
        writer.publish("a", "1", qos: .atLeastOnce, retain: true)
        writer.publish("a", "2", qos: .atMostOnce, retain: true)
        let reader = harness.connectOld("reader")
        reader.subscribe("a")
        #expect(reader.takePayloads() == ["2"], "MQTT-3.3.1-7")
    }

    @Test func whatIsNotAllowedIsAcknowledgedAndGoesNowhere() {
        let reader = harness.connectOld("reader")
        reader.subscribe("$SYS/#")
        let writer = harness.connectOld("writer")
        let identifier = writer.publish("$SYS/x", "1")
        #expect(writer.takePubAcks().map(\.packetIdentifier) == [identifier], "MQTT-3.3.5-2")
        #expect(!writer.isClosed)
        #expect(reader.takePublishes().isEmpty)
    }

    @Test func whoWasSubscribedGetsNoRetain() {
        let reader = harness.connectOld("reader")
        reader.subscribe("a")
        harness.connectOld("writer").publish("a", "1", retain: true)
        #expect(reader.takePublishes().map(\.retain) == [false], "MQTT-3.3.1-9")
    }
}
