import BrokerEngine
import MQTTPackets
import Testing

/// SUBSCRIBE, UNSUBSCRIBE and what matches (MQTT 5.0 §3.8 to §3.11, §4.7).
@Suite struct SubscribeTests {
    @Test func everyFilterHasItsReason() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        let filters = ["a", "+/b", "a/#/b", "a+", "#", "$share/g/x", "$share/g", "$share//x", "$share/g+/x"]
        peer.send(
            .subscribe(
                Subscribe(packetIdentifier: 5, filters: filters.map { SubscribeFilter(filter: $0, qos: .exactlyOnce) })
            )
        )
        #expect(peer.subAck?.packetIdentifier == 5)
        #expect(
            peer.subAck?.reasonCodes == [
                .grantedQoS2, .grantedQoS2, .topicFilterInvalid, .topicFilterInvalid, .grantedQoS2, .grantedQoS2,
                .topicFilterInvalid, .topicFilterInvalid, .topicFilterInvalid,
            ]
        )
        #expect(harness.engine.statistics.subscriptions == 4)
        harness.check()
    }

    @Test func a311ClientGets0x80() {
        let harness = EngineHarness { $0.limits.subscriptionsPerSession = 1 }
        let peer = harness.connectOld("a")
        peer.subscribe("a/#/b")
        #expect(peer.subAck?.reasonCodes == [.unspecifiedError])
        peer.subscribe("a", qos: .exactlyOnce)
        #expect(peer.subAck?.reasonCodes == [.grantedQoS2])
        peer.subscribe("b")
        #expect(peer.subAck?.reasonCodes == [.unspecifiedError])
    }

    @Test func unsubscribingHasItsReasons() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.subscribe("a")
        peer.unsubscribe("a", "b", "a/#/b", "a")
        #expect(
            peer.unsubAck?.reasonCodes == [
                .success, .noSubscriptionExisted, .topicFilterInvalid, .noSubscriptionExisted,
            ]
        )
        harness.connect("writer").publish("a")
        #expect(peer.takePublishes().isEmpty)
        harness.check()
    }

    @Test func whatWasQueuedBeforeUnsubscribingIsDelivered() {
        let harness = EngineHarness()
        let peer = harness.connect("a") { $0.properties.receiveMaximum = 1 }
        peer.subscribe("a")
        let writer = harness.connect("writer")
        writer.publish("a", "1")
        writer.publish("a", "2")
        peer.unsubscribe("a")
        #expect(peer.takeAndAcknowledge().map(\.text) == ["1", "2"], "MQTT-3.10.4-3")
    }

    @Test func aSecondSubscriptionToTheSameFilterTakesThePlaceOfTheFirst() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.subscribe("a", qos: .atMostOnce, identifier: 1)
        peer.subscribe("a", qos: .atLeastOnce, identifier: 2)
        #expect(harness.engine.statistics.subscriptions == 1)
        harness.connect("writer").publish("a")
        let publishes = peer.takePublishes()
        #expect(publishes.map(\.qos) == [.atLeastOnce], "MQTT-3.8.4-3")
        #expect(publishes.map(\.properties.subscriptionIdentifiers) == [[2]])
        peer.subscribe("a", qos: .atMostOnce)
        harness.connect("writer").publish("a")
        #expect(peer.takePublishes().map(\.properties.subscriptionIdentifiers) == [[]])
        harness.check()
    }

    @Test func overlappingSubscriptionsGiveOneCopy() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.subscribe("a/#", qos: .atMostOnce, identifier: 1)
        peer.subscribe("a/+", qos: .atLeastOnce, identifier: 268_435_455) { $0.retainAsPublished = true }
        peer.subscribe("a/b", qos: .atMostOnce, identifier: 1)
        peer.subscribe("#", qos: .atMostOnce)
        harness.connect("writer").publish("a/b", retain: true)
        let publishes = peer.takePublishes()
        #expect(publishes.count == 1)
        #expect(publishes.first?.qos == .atLeastOnce, "MQTT-3.3.4-2")
        #expect(publishes.first?.retain == true)
        let identifiers = publishes.first?.properties.subscriptionIdentifiers.sorted()
        #expect(identifiers == [1, 1, 268_435_455], "MQTT-3.3.4-3, MQTT-3.3.4-4")
        harness.check()
    }

    @Test func identifiersStayWithWhatWaits() {
        let harness = EngineHarness()
        let peer = harness.resume("a")
        peer.subscribe("a", identifier: 7)
        peer.cut()
        harness.connect("writer").publish("a", "1")
        let back = harness.resume("a")
        back.subscribe("a", identifier: 8)
        #expect(back.takePublishes().map(\.properties.subscriptionIdentifiers) == [[7]])
        harness.check()
    }

    @Test func noLocalKeepsOnlyOnesOwnAway() {
        let harness = EngineHarness()
        let one = harness.connect("one")
        one.subscribe("a/#", identifier: 1) { $0.noLocal = true }
        let two = harness.connect("two")
        two.subscribe("a/#") { $0.noLocal = true }
        one.publish("a/b", "1")
        #expect(one.takePubAcks().map(\.reasonCode) == [.success])
        #expect(one.takePublishes().isEmpty, "MQTT-3.8.3-3")
        #expect(two.takePayloads() == ["1"])
        one.subscribe("a/b", qos: .atMostOnce, identifier: 2)
        one.publish("a/b", "2")
        let publishes = one.takePublishes()
        #expect(publishes.map(\.qos) == [.atMostOnce])
        #expect(publishes.map(\.properties.subscriptionIdentifiers) == [[2]], "without that of the other subscription")
        harness.check()
    }

    @Test func wildcardsDoNotSeeTopicsOfTheBroker() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        for filter in ["#", "+/a", "$own/#", "$own/+"] { peer.subscribe(filter, qos: .atMostOnce) }
        let writer = harness.connect("writer")
        writer.publish("$own/a", "1", qos: .atMostOnce)
        writer.publish("$own", "2", qos: .atMostOnce)
        #expect(peer.takePayloads() == ["1", "2"], "MQTT-4.7.2-1")
        peer.unsubscribe("$own/#")
        peer.unsubscribe("$own/+")
        writer.publish("$own/a", "3", qos: .atMostOnce)
        #expect(peer.takePublishes().isEmpty)
    }

    @Test(arguments: [
        ("a/#", "a", true), ("a/#", "a/", true), ("a/#", "a/b/c", true), ("a/#", "ab", false), ("+", "a", true),
        ("+", "/a", false), ("+/+", "/a", true), ("/+", "/a", true), ("a/+", "a", false), ("a/+", "a/", true),
        ("a/+/c", "a//c", true), ("#", "/", true), ("a", "A", false), ("a/b", "a/b/", false), ("+/b/#", "a/b", true),
        ("a/+/#", "a", false), ("//", "//", true),
    ])
    func filtersMatchAsTheSpecificationSays(filter: String, topic: String, matches: Bool) {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.subscribe(filter)
        let writer = harness.connect("writer")
        writer.publish(topic, "x", retain: true)
        #expect(peer.takePublishes().count == (matches ? 1 : 0))
        peer.unsubscribe(filter)
        writer.publish(topic, "x")
        #expect(peer.takePublishes().isEmpty)
        peer.subscribe(filter)
        #expect(peer.takePublishes().count == (matches ? 1 : 0), "the retained one")
        harness.check()
    }

    @Test func theCacheOfTopicsIsNeverOld() {
        let harness = EngineHarness { $0.limits.cachedTopics = 2 }
        let writer = harness.connect("writer")
        let peer = harness.connect("a")
        for round in 0..<20 {
            let topic = "t/\(round % 5)"
            writer.publish(topic)
            #expect(peer.takePublishes().isEmpty)
            peer.subscribe("t/\(round % 5)", qos: .atMostOnce)
            writer.publish(topic)
            #expect(peer.takePublishes().count == 1)
            peer.unsubscribe("t/\(round % 5)")
        }
        let long = String(repeating: "x", count: 600)
        peer.subscribe("+")
        for _ in 0..<3 { writer.publish(long) }
        #expect(peer.takePublishes().count == 3)
        harness.check()
    }

    @Test func filtersAreComparedByteByByte() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.subscribe("\u{E9}")
        peer.subscribe("e\u{301}")
        #expect(harness.engine.statistics.subscriptions == 2)
        harness.connect("writer").publish("e\u{301}")
        #expect(peer.takePublishes().count == 1)
    }
}
