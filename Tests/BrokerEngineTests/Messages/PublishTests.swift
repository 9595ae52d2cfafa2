import BrokerEngine
import MQTTPackets
import NIOCore
import Testing

/// PUBLISH and PUBACK (MQTT 5.0 §3.3, §3.4, §4.3, §4.4).
@Suite struct PublishTests {
    private static let properties = PublishProperties(
        payloadFormatIndicator: 1,
        responseTopic: "answers/1",
        correlationData: ByteBuffer(bytes: [0, 1, 255]),
        userProperties: [
            UserProperty(name: "b", value: "1"), UserProperty(name: "a", value: "2"),
            UserProperty(name: "b", value: "1"),
        ],
        contentType: "text/plain"
    )

    @Test(arguments: [QoS.atMostOnce, .atLeastOnce])
    func everythingPassesThrough(qos: QoS) throws {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("a/b")
        harness.connect("writer").publish("a/b", "payload", qos: qos, properties: Self.properties)
        let publish = try #require(reader.takePublishes().first)
        #expect(publish.properties == Self.properties)
        #expect(publish.text == "payload")
        #expect(publish.qos == qos)
        #expect(!publish.dup && !publish.retain)
    }

    @Test func everythingPassesThroughBesideAnExpiryAndAnIdentifier() throws {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("a/b", identifier: 300)
        var properties = Self.properties
        properties.messageExpiryInterval = 60
        harness.connect("writer").publish("a/b", "payload", properties: properties)
        properties.subscriptionIdentifiers = [300]
        let publish = try #require(reader.takePublishes().first)
        #expect(publish.properties == properties)
        #expect(publish.text == "payload")
    }

    @Test func a311SubscriberGetsTheMessageWithoutProperties() throws {
        let harness = EngineHarness()
        let reader = harness.connectOld("reader")
        reader.subscribe("a/b")
        #expect(reader.subAck?.reasonCodes == [.grantedQoS1])
        let writer = harness.connect("writer")
        writer.publish("a/b", "1", properties: Self.properties)
        writer.publish("a/b", "2", qos: .atMostOnce, properties: Self.properties)
        let publishes = reader.takePublishes()
        #expect(publishes.map(\.text) == ["1", "2"])
        #expect(publishes.map(\.properties) == [PublishProperties(), PublishProperties()])
        reader.acknowledge(publishes[0])
        #expect(harness.engine.statistics.storedMessages == 0)
    }

    @Test func a311PublisherReachesMQTT5Subscribers() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("a/b", identifier: 5)
        let writer = harness.connectOld("writer")
        let identifier = writer.publish("a/b", "1")
        #expect(writer.takePubAcks() == [PubAck(packetIdentifier: identifier)])
        let publishes = reader.takePublishes()
        #expect(publishes.map(\.text) == ["1"])
        #expect(publishes.map(\.properties.subscriptionIdentifiers) == [[5]])
    }

    @Test func theLargestPacketPasses() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("a")
        let writer = harness.connect("writer")
        writer.publish("a", String(repeating: "x", count: 1_048_576))
        #expect(reader.takePublishes().map(\.payload.readableBytes) == [1_048_576])
        reader.takeAndAcknowledge()
        writer.publish("a", String(repeating: "x", count: 1_200_000))
        #expect(writer.disconnectReason == .packetTooLarge)
        harness.check()
    }

    @Test func halfAPacketIsLeft() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("a")
        let writer = harness.connect("writer")
        var buffer = ByteBuffer()
        Packet.publish(Publish(topic: "a", payload: ByteBuffer(string: "1"))).encode(into: &buffer, version: .v5)
        Packet.publish(Publish(topic: "a", payload: ByteBuffer(string: "2"))).encode(into: &buffer, version: .v5)
        for byte in buffer.readableBytesView { writer.send(bytes: [byte]) }
        #expect(reader.takePayloads() == ["1", "2"])
        #expect(writer.unsent.isEmpty)
    }

    // MARK: Quality of service

    @Test(arguments: [
        (QoS.atMostOnce, QoS.atMostOnce, QoS.atMostOnce), (.atMostOnce, .atLeastOnce, .atMostOnce),
        (.atLeastOnce, .atMostOnce, .atMostOnce), (.atLeastOnce, .atLeastOnce, .atLeastOnce),
    ])
    func theLowerQoSCounts(published: QoS, granted: QoS, delivered: QoS) {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("a", qos: granted)
        harness.connect("writer").publish("a", qos: published)
        #expect(reader.takePublishes().map(\.qos) == [delivered])
    }

    @Test func pubAckSaysWhenNobodyIsSubscribed() {
        let harness = EngineHarness()
        let writer = harness.connect("writer")
        writer.publish("a")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.noMatchingSubscribers])
        let old = harness.connectOld("old")
        let identifier = old.publish("a")
        #expect(old.takePubAcks() == [PubAck(packetIdentifier: identifier)], "3.1.1 has no reasons")
    }

    @Test func pubAckOfNothingIsPassedOver() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        for identifier in [1, 7, 32_767, 32_768, 65_535] as [UInt16] {
            reader.send(.puback(PubAck(packetIdentifier: identifier)))
        }
        #expect(!reader.isClosed)
        harness.check()
    }

    // MARK: What a client may not publish

    @Test func theTopicsOfTheBrokerAreItsOwn() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("$SYS/#")
        let writer = harness.connect("writer")
        writer.publish("$SYS/broker/version", "fake", qos: .atMostOnce, retain: true)
        writer.publish("$SYS", "fake")
        writer.publish("$SYS/a", "fake")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.notAuthorized, .notAuthorized])
        #expect(reader.takePublishes().isEmpty)
        writer.publish("$SYSTEM", "mine")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.noMatchingSubscribers])
    }

    @Test(arguments: [2, 5])
    func moreThanReceiveMaximumEndsTheConnection(most: UInt16) {
        let harness = EngineHarness { $0.limits.receiveMaximum = most }
        let reader = harness.resume("reader")
        reader.subscribe("a")
        harness.holdsPages = true
        let writer = harness.connect("writer")
        #expect(writer.connAck?.properties.receiveMaximum == most)
        for _ in 0..<most { writer.publish("a") }
        #expect(!writer.isClosed)
        writer.publish("a")
        #expect(writer.disconnectReason == .receiveMaximumExceeded, "MQTT-3.3.4-9")
        harness.settle()
        harness.check()
    }

    @Test func receiveMaximumIsFreeAgainWithEachPubAck() {
        let harness = EngineHarness { $0.limits.receiveMaximum = 2 }
        let reader = harness.resume("reader")
        reader.subscribe("a")
        harness.holdsPages = true
        let writer = harness.connect("writer")
        for _ in 0..<10 {
            writer.publish("a")
            writer.publish("a")
            harness.settle()
        }
        #expect(writer.takePubAcks().count == 20)
    }

    @Test func a311ClientKnowsNoReceiveMaximum() {
        let harness = EngineHarness { $0.limits.receiveMaximum = 2 }
        let reader = harness.resume("reader")
        reader.subscribe("a")
        harness.holdsPages = true
        let writer = harness.connectOld("writer")
        for _ in 0..<100 { writer.publish("a") }
        harness.settle()
        #expect(writer.takePubAcks().count == 100)
    }

    // MARK: Message expiry

    @Test func expiryIsCountedDown() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("a")
        reader.cut()
        harness.connect("writer").publish("a", properties: PublishProperties(messageExpiryInterval: 100))
        harness.advance(milliseconds: 30_500)
        let publishes = harness.resume("reader").takePublishes()
        #expect(publishes.map(\.properties.messageExpiryInterval) == [70], "MQTT-3.3.2-6, rounded up")
    }

    @Test func theLongestExpiryPassesThrough() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("a")
        harness.connect("writer").publish("a", properties: PublishProperties(messageExpiryInterval: .max))
        #expect(reader.takePublishes().map(\.properties.messageExpiryInterval) == [.max])
    }

    @Test func whatHasExpiredIsNotSent() {
        let harness = EngineHarness()
        let reader = harness.resume("reader") { $0.properties.receiveMaximum = 1 }
        reader.subscribe("a")
        let writer = harness.connect("writer")
        writer.publish("a", "1")
        writer.publish("a", "2", properties: PublishProperties(messageExpiryInterval: 10))
        writer.publish("a", "3")
        harness.advance(seconds: 10)
        #expect(reader.takeAndAcknowledge().map(\.text) == ["1", "3"], "MQTT-3.3.2-5")
        #expect(harness.engine.statistics.expired == 1)
        harness.check()
    }

    @Test func whatExpiresUnseenIsFreed() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("a")
        let member = harness.resume("member")
        member.subscribe("$share/g/a")
        reader.cut()
        member.cut()
        let writer = harness.connect("writer")
        for _ in 0..<10 { writer.publish("a", properties: PublishProperties(messageExpiryInterval: 10)) }
        #expect(harness.engine.statistics.storedMessages == 10)
        harness.advance(seconds: 10)
        #expect(harness.engine.statistics.storedMessages == 0)
        harness.check()
        #expect(harness.crash().engine.statistics.storedMessages == 0)
    }
}
