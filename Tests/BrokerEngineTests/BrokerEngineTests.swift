import BrokerEngine
import MQTTPackets
import Testing

/// The engine as its peers see it, driven by ``EngineHarness``.
@Suite struct BrokerEngineTests {
    @Test func firstConversation() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        #expect(reader.connAck?.reasonCode == .success)
        reader.subscribe("a/+", qos: .atLeastOnce)
        #expect(reader.subAck?.reasonCodes == [.grantedQoS1])
        let writer = harness.connect("writer")
        let identifier = writer.publish("a/b", "hello", qos: .atLeastOnce)
        #expect(writer.takePubAcks() == [PubAck(packetIdentifier: identifier)])
        let publishes = reader.takePublishes()
        #expect(publishes.map(\.topic) == ["a/b"])
        #expect(publishes.map(\.text) == ["hello"])
    }
}
