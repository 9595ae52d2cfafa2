import MQTTPackets
import Testing

@testable import BrokerEngine

/// Topic aliases both ways (MQTT 5.0 §3.3.2.3.4).
@Suite struct TopicAliasTests {
    private func alias(_ number: UInt16, expiry: UInt32? = nil) -> PublishProperties {
        var properties = PublishProperties(topicAlias: number)
        properties.messageExpiryInterval = expiry
        return properties
    }

    // MARK: From clients

    @Test func anAliasStandsForItsTopic() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("#")
        let writer = harness.connect("writer")
        #expect(writer.connAck?.properties.topicAliasMaximum == 32)
        writer.publish("a/b", "1", properties: alias(1))
        writer.publish("", "2", properties: alias(1))
        writer.publish("", "3", qos: .atMostOnce, properties: alias(1))
        let came = reader.takePublishes()
        #expect(came.map(\.topic) == ["a/b", "a/b", "a/b"])
        #expect(came.map(\.text) == ["1", "2", "3"])
        #expect(came.allSatisfy { $0.properties.topicAlias == nil }, "it is of one connection only")
        #expect(writer.takePubAcks().count == 2)
        #expect(harness.engine.statistics.publishesReceived == 3)
        harness.check()
    }

    @Test func anAliasMayBeGivenToAnotherTopic() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("#")
        let writer = harness.connect("writer")
        writer.publish("a", "1", properties: alias(32))
        writer.publish("bb", "2", properties: alias(32))
        writer.publish("", "3", properties: alias(32))
        #expect(reader.takePublishes().map(\.topic) == ["a", "bb", "bb"])
    }

    @Test func everythingElseOfTheMessageStays() throws {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("#")
        let writer = harness.connect("writer")
        var properties = alias(2, expiry: 100)
        properties.contentType = "text"
        properties.userProperties = [UserProperty(name: "a", value: "b")]
        writer.publish("t", "1", properties: properties)
        writer.publish("", "2", retain: true, properties: properties)
        let came = try #require(reader.takePublishes().last)
        #expect(came.topic == "t")
        #expect(came.properties.contentType == "text")
        #expect(came.properties.messageExpiryInterval == 100)
        #expect(came.properties.userProperties == [UserProperty(name: "a", value: "b")])
        #expect(harness.engine.statistics.retainedMessages == 1)
        harness.check()
    }

    @Test func aliasesEndWithTheirConnection() {
        let harness = EngineHarness()
        harness.resume("writer").publish("t", properties: alias(1))
        let again = harness.resume("writer")
        again.publish("", properties: alias(1))
        #expect(again.disconnectReason == .protocolError, "MQTT-3.3.2-7")
        #expect(again.isClosed)
    }

    @Test(arguments: [UInt16(33), 65_535]) func anAliasAboveTheMaximumIsRefused(number: UInt16) {
        let harness = EngineHarness()
        let writer = harness.connect("writer")
        writer.publish("t", properties: alias(number))
        #expect(writer.disconnectReason == .topicAliasInvalid, "MQTT-3.2.2-17")
        #expect(writer.isClosed)
    }

    @Test func allUpToTheMaximumAreTaken() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("#")
        let writer = harness.connect("writer")
        for number in UInt16(1)...32 { writer.publish("t/\(number)", properties: alias(number)) }
        _ = reader.takeAndAcknowledge()
        for number in UInt16(1)...32 { writer.publish("", properties: alias(number)) }
        #expect(reader.takeAndAcknowledge().map(\.topic) == (1...32).map { "t/\($0)" }, "MQTT-3.3.2-12")
    }

    @Test func whereNoneIsAllowedNoneIsTold() {
        let harness = EngineHarness { $0.limits.topicAliases = 0 }
        let writer = harness.connect("writer")
        #expect(writer.connAck?.properties.topicAliasMaximum == nil)
        writer.publish("t", properties: alias(1))
        #expect(writer.disconnectReason == .topicAliasInvalid, "MQTT-3.2.2-18")
    }

    @Test func theirTopicsHaveABound() {
        let harness = EngineHarness { $0.limits.topicAliasBytes = 100 }
        let writer = harness.connect("writer")
        writer.publish(String(repeating: "a", count: 60), properties: alias(1))
        writer.publish(String(repeating: "b", count: 40), properties: alias(1))
        writer.publish(String(repeating: "c", count: 60), properties: alias(2))
        #expect(!writer.isClosed)
        writer.publish("d", properties: alias(3))
        #expect(writer.disconnectReason == .quotaExceeded)
        harness.check()
    }

    // MARK: To clients

    private func reader(_ harness: EngineHarness, _ maximum: UInt16?, size: UInt32? = nil) -> Peer {
        let reader = harness.connect("reader") {
            $0.properties.topicAliasMaximum = maximum
            $0.properties.maximumPacketSize = size
        }
        reader.subscribe("#")
        _ = reader.take()
        return reader
    }

    @Test func aTopicIsSentOnceWithItsNumber() {
        let harness = EngineHarness()
        let reader = reader(harness, 1)
        let writer = harness.connect("writer")
        for count in 1...3 { writer.publish("a/topic", "\(count)") }
        let came = reader.takePublishes()
        #expect(came.map(\.topic) == ["a/topic", "", ""])
        #expect(came.map(\.properties.topicAlias) == [1, 1, 1])
        #expect(came.map(\.text) == ["1", "2", "3"])
        writer.publish("a/topic", "4", qos: .atMostOnce, properties: PublishProperties(messageExpiryInterval: 9))
        let last = reader.takePublishes()
        #expect(last.map(\.topic) == [""])
        #expect(last.map(\.properties.messageExpiryInterval) == [9])
        harness.check()
    }

    @Test(arguments: [nil, 0] as [UInt16?]) func whoTakesNoneGetsNone(maximum: UInt16?) {
        let harness = EngineHarness()
        let reader = reader(harness, maximum)
        let writer = harness.connect("writer")
        for _ in 1...3 { writer.publish("a/topic") }
        let came = reader.takePublishes()
        #expect(came.map(\.topic) == ["a/topic", "a/topic", "a/topic"], "MQTT-3.1.2-27")
        #expect(came.allSatisfy { $0.properties.topicAlias == nil })
    }

    /// A client's own table of aliases: what the messages were published to.
    @Test(arguments: [1, 2, 7, 200] as [UInt16]) func everyTopicIsReadAsItWasPublished(maximum: UInt16) {
        let harness = EngineHarness()
        let reader = reader(harness, maximum)
        let writer = harness.connect("writer")
        var random = SplitMix64(seed: UInt64(maximum))
        var sent: [String] = []
        var read: [String] = []
        var table: [UInt16: String] = [:]
        var saved = 0
        for _ in 1...2_000 {
            // A few topics come often, the others seldom.
            let number =
                Int.random(in: 0..<4, using: &random) > 0
                ? Int.random(in: 0..<3, using: &random) : Int.random(in: 0..<50, using: &random)
            let topic = "topic/\(number)"
            sent.append(topic)
            writer.publish(topic, qos: random.oneIn(2) ? .atMostOnce : .atLeastOnce)
            for publish in reader.takeAndAcknowledge() {
                var name = publish.topic
                if let alias = publish.properties.topicAlias {
                    #expect(alias > 0 && alias <= min(maximum, 32), "MQTT-3.1.2-26")
                    if name.isEmpty {
                        name = table[alias] ?? "?"
                        saved += 1
                    } else {
                        table[alias] = name
                    }
                }
                read.append(name)
            }
        }
        #expect(read == sent)
        #expect(saved > 2_000 / 10, "the topics that come often have a number")
        harness.check()
    }

    @Test func aNumberThatDoesNotFitIsLeftOut() {
        let harness = EngineHarness()
        // Two bytes, the topic's two and seven, and the properties' one: 12 beside the payload, 15 with the number, 8 with the number alone.
        let reader = reader(harness, 4, size: 50)
        let writer = harness.connect("writer")
        writer.publish("a/topic", String(repeating: "x", count: 38), qos: .atMostOnce)
        #expect(reader.takePublishes().map(\.properties.topicAlias) == [nil])
        writer.publish("a/topic", String(repeating: "y", count: 35), qos: .atMostOnce)
        #expect(reader.takePublishes().first?.properties.topicAlias != nil)
        writer.publish("a/topic", String(repeating: "z", count: 42), qos: .atMostOnce)
        #expect(reader.takePublishes().map(\.topic) == [""], "with its number it is small enough")
        #expect(harness.engine.statistics.droppedTooLarge == 0)
    }

    @Test func aReconnectBeginsAnew() {
        let harness = EngineHarness()
        let first = harness.resume("reader") { $0.properties.topicAliasMaximum = 5 }
        first.subscribe("#")
        let writer = harness.connect("writer")
        writer.publish("a/topic", "1")
        writer.publish("a/topic", "2")
        first.cut()
        let second = harness.resume("reader") { $0.properties.topicAliasMaximum = 5 }
        #expect(second.takePublishes().map(\.topic) == ["a/topic", ""])
        harness.check()
    }
}
