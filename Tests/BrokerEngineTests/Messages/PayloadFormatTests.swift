import MQTTPackets
import NIOCore
import Testing

@testable import BrokerEngine

/// The Payload Format Indicator, where it is checked (MQTT 5.0 §3.3.2.3.2, §3.1.3.2.3).
@Suite struct PayloadFormatTests {
    private func send(_ payload: [UInt8], _ indicator: UInt8?, qos: QoS = .atLeastOnce, from peer: Peer) {
        var publish = Publish(qos: qos, topic: "t", packetIdentifier: qos == .atMostOnce ? nil : peer.identifier())
        publish.properties.payloadFormatIndicator = indicator
        publish.payload = ByteBuffer(bytes: payload)
        peer.send(.publish(publish))
    }

    @Test func textThatIsNoneIsRefused() {
        let harness = EngineHarness { $0.checksPayloadFormat = true }
        let reader = harness.connect("reader")
        reader.subscribe("t")
        let writer = harness.connect("writer")
        send([0xC3, 0xA4, 0x00], 1, from: writer)
        send([0xC3], 1, from: writer)
        send([0xC3], 0, from: writer)
        send([0xC3], nil, from: writer)
        send([0xFF], 1, qos: .atMostOnce, from: writer)
        #expect(
            writer.takePubAcks().map(\.reasonCode) == [.success, .payloadFormatInvalid, .success, .success],
            "U+0000 is a character of a payload"
        )
        #expect(reader.takePublishes().count == 3)
        #expect(!writer.isClosed)
        harness.check()
    }

    @Test func whereItIsNotCheckedEverythingPasses() {
        let harness = EngineHarness()
        let writer = harness.connect("writer")
        writer.subscribe("t")
        send([0xC3], 1, from: writer)
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success])
    }

    @Test func aWillIsCheckedAtConnect() {
        let harness = EngineHarness { $0.checksPayloadFormat = true }
        let peer = harness.connect("a") {
            var will = Will(topic: "t", payload: ByteBuffer(bytes: [0xFF]))
            will.properties.payloadFormatIndicator = 1
            $0.will = will
        }
        #expect(peer.connAck?.reasonCode == .payloadFormatInvalid)
        #expect(peer.isClosed)
    }
}
