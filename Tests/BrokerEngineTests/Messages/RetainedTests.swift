import BrokerEngine
import MQTTPackets
import Testing

/// Retained messages (MQTT 5.0 §3.3.1.3, §3.8.3.1).
@Suite struct RetainedTests {
    let harness = EngineHarness()
    let writer: Peer

    init() {
        writer = harness.connect("writer")
    }

    @Test func aNewSubscriptionGetsThem() {
        writer.publish("a/1", "1", retain: true)
        writer.publish("a/2", "old", retain: true)
        writer.publish("a/2", "2", retain: true)
        writer.publish("b/1", "3", retain: true)
        let reader = harness.connect("reader")
        reader.subscribe("a/+", identifier: 9)
        let publishes = reader.takePublishes()
        #expect(publishes.map(\.text) == ["1", "2"])
        #expect(publishes.map(\.retain) == [true, true], "MQTT-3.3.1-8")
        #expect(publishes.map(\.properties.subscriptionIdentifiers) == [[9], [9]])
        #expect(publishes.map(\.dup) == [false, false])
        reader.acknowledge(publishes[0])
        reader.acknowledge(publishes[1])
        #expect(harness.engine.statistics.retainedMessages == 3)
        #expect(harness.engine.statistics.storedMessages == 3)
        harness.check()
    }

    @Test func anEmptyPayloadTakesItAway() {
        writer.publish("a", "1", retain: true)
        let reader = harness.connect("reader")
        reader.subscribe("a") { $0.retainAsPublished = true }
        _ = reader.takeAndAcknowledge()
        writer.publish("a", retain: true)
        #expect(reader.takeAndAcknowledge().map(\.retain) == [true], "it goes to who is subscribed")
        let late = harness.connect("late")
        late.subscribe("a")
        #expect(late.takePublishes().isEmpty, "MQTT-3.3.1-6, MQTT-3.3.1-7")
        #expect(harness.engine.statistics.storedMessages == 0)
        harness.check()
    }

    @Test func withoutTheFlagNothingIsKept() {
        writer.publish("a", "1", retain: true)
        writer.publish("a", "2")
        let reader = harness.connect("reader")
        reader.subscribe("a")
        #expect(reader.takePayloads() == ["1"])
    }

    @Test func retainIsClearedForWhoIsSubscribedUnlessAskedFor() {
        let reader = harness.connect("reader")
        reader.subscribe("a")
        let exact = harness.connect("exact")
        exact.subscribe("a") { $0.retainAsPublished = true }
        writer.publish("a", "1", retain: true)
        writer.publish("a", "2")
        #expect(reader.takePublishes().map(\.retain) == [false, false], "MQTT-3.3.1-12")
        #expect(exact.takePublishes().map(\.retain) == [true, false], "MQTT-3.3.1-13")
    }

    @Test(arguments: [(RetainHandling.sendAlways, 1, 1), (.sendIfNew, 1, 0), (.sendNever, 0, 0)])
    func retainHandling(handling: RetainHandling, first: Int, second: Int) {
        writer.publish("a", "1", retain: true)
        let reader = harness.connect("reader")
        reader.subscribe("a") { $0.retainHandling = handling }
        #expect(reader.takePublishes().count == first)
        reader.subscribe("a") { $0.retainHandling = handling }
        #expect(reader.takePublishes().count == second)
        reader.unsubscribe("a")
        reader.subscribe("a") { $0.retainHandling = handling }
        #expect(reader.takePublishes().count == first)
    }

    @Test func a311ClientGetsThemAtEverySubscribe() {
        writer.publish("a", "1", retain: true)
        let reader = harness.connectOld("reader")
        reader.subscribe("a")
        reader.subscribe("a")
        #expect(reader.takePublishes().map(\.retain) == [true, true])
    }

    @Test func theLowerQoSCounts() {
        writer.publish("a/0", "0", qos: .atMostOnce, retain: true)
        writer.publish("a/1", "1", qos: .atLeastOnce, retain: true)
        let reader = harness.connect("reader")
        reader.subscribe("a/+")
        #expect(reader.takePublishes().map(\.qos) == [.atMostOnce, .atLeastOnce])
        let modest = harness.connect("modest")
        modest.subscribe("a/+", qos: .atMostOnce)
        #expect(modest.takePublishes().map(\.qos) == [.atMostOnce, .atMostOnce])
    }

    @Test func theyExpire() {
        writer.publish("a", "1", retain: true, properties: PublishProperties(messageExpiryInterval: 10))
        harness.advance(seconds: 4)
        let reader = harness.connect("reader")
        reader.subscribe("a")
        #expect(reader.takeAndAcknowledge().map(\.properties.messageExpiryInterval) == [6])
        harness.advance(seconds: 6)
        reader.subscribe("a")
        #expect(reader.takePublishes().isEmpty)
        #expect(harness.engine.statistics.retainedMessages == 0)
        harness.check()
    }

    @Test func theySurviveACrash() {
        writer.publish("a/0", "0", qos: .atMostOnce, retain: true)
        writer.publish("a/1", "1", retain: true)
        writer.publish("a/2", "2", retain: true)
        writer.publish("a/2", retain: true)
        let after = harness.crash()
        #expect(after.summary?.retained == 2)
        let reader = after.connect("reader")
        reader.subscribe("#")
        #expect(reader.takePayloads() == ["0", "1"])
        after.check()
    }

    @Test func whatAPersistentSubscriberWasToGetSurvivesACrash() {
        writer.publish("a", "1", retain: true)
        let reader = harness.resume("reader")
        reader.subscribe("a", identifier: 3)
        #expect(reader.takePublishes().count == 1)
        writer.publish("a", retain: true)
        let after = harness.crash()
        let publishes = after.resume("reader").takePublishes()
        #expect(publishes.map(\.text) == ["1", ""])
        #expect(publishes.map(\.retain) == [true, false])
        #expect(publishes.map(\.properties.subscriptionIdentifiers) == [[3], [3]])
        after.check()
    }

    @Test func thoseOfQoS0BeyondTheOutputComeToo() {
        let harness = EngineHarness { $0.limits.outputBytesPerConnection = 500 }
        let writer = harness.connect("writer")
        for index in 0..<40 {
            writer.publish("a/\(index)", String(repeating: "x", count: 100), qos: .atMostOnce, retain: true)
        }
        let reader = harness.resume("reader")
        reader.subscribe("a/+")
        #expect(reader.takePublishes().map(\.qos) == Array(repeating: .atMostOnce, count: 40))
        harness.check()
    }

    @Test func aRetainedMessageWithoutSubscribersIsAccepted() {
        writer.publish("a", "1", retain: true)
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success])
    }
}
