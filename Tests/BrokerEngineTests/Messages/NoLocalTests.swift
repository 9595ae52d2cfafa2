import MQTTPackets
import NIOCore
import Testing

@testable import BrokerEngine

/// No Local and Retain As Published with overlapping subscriptions and retained messages (MQTT 5.0 §3.8.3.1, §3.3.4).
@Suite struct NoLocalTests {
    @Test func retainedMessagesOfOnesOwnAreKeptAway() {
        let harness = EngineHarness()
        let own = harness.connect("own")
        own.publish("a", "own", retain: true)
        harness.connect("other").publish("b", "other", retain: true)
        own.subscribe("#") { $0.noLocal = true }
        #expect(own.takePayloads() == ["other"], "MQTT-3.8.3-3")
        own.subscribe("+")
        #expect(Set(own.takePayloads()) == ["own", "other"])
        harness.check()
    }

    @Test func itIsTheClientIdentifierThatCounts() {
        let harness = EngineHarness()
        harness.connect("own").publish("a", "own", retain: true)
        let again = harness.connect("own")
        again.subscribe("a") { $0.noLocal = true }
        #expect(again.takePayloads().isEmpty, "another session of the same client")
    }

    @Test func itIsKnownAfterACrash() {
        let harness = EngineHarness()
        harness.connect("own").publish("a", "own", retain: true)
        harness.settle()
        let second = harness.crash()
        let own = second.connect("own")
        own.subscribe("a") { $0.noLocal = true }
        #expect(own.takePayloads().isEmpty)
        let other = second.connect("other")
        other.subscribe("a") { $0.noLocal = true }
        #expect(other.takePayloads() == ["own"])
        second.check()
    }

    @Test func whoReplacesARetainedMessageIsItsPublisher() {
        let harness = EngineHarness()
        let first = harness.connect("first")
        let second = harness.connect("second")
        first.publish("a", "1", retain: true)
        second.publish("a", "2", retain: true)
        first.subscribe("a") { $0.noLocal = true }
        second.subscribe("a") { $0.noLocal = true }
        #expect(first.takePayloads() == ["2"])
        #expect(second.takePayloads().isEmpty)
        harness.check()
    }

    @Test func aRetainedMessageThatWasRefusedGivesItsPublisherBack() {
        let harness = EngineHarness()
        let first = harness.connect("first")
        first.publish("a", "1", retain: true)
        harness.settle()
        harness.holdsPages = true
        let second = harness.connect("second")
        second.publish("a", "2", retain: true)
        harness.failPage(isFull: true)
        harness.holdsPages = false
        first.subscribe("a") { $0.noLocal = true }
        second.subscribe("a") { $0.noLocal = true }
        #expect(first.takePayloads().isEmpty)
        #expect(second.takePayloads() == ["1"])
        harness.check()
    }

    @Test func aWillIsItsClientsToo() {
        let harness = EngineHarness()
        let first = harness.connect("own") {
            $0.will = Will(topic: "will", payload: ByteBuffer(string: "gone"), retain: true)
        }
        first.cut()
        let again = harness.connect("own")
        again.subscribe("will") { $0.noLocal = true }
        #expect(again.takePublishes().isEmpty)
        let other = harness.connect("other")
        other.subscribe("will") { $0.noLocal = true }
        #expect(other.takePayloads() == ["gone"])
        harness.check()
    }

    @Test func overlappingSubscriptionsCountWithoutThoseOfNoLocal() throws {
        let harness = EngineHarness()
        let own = harness.connect("own")
        own.subscribe("t", qos: .atLeastOnce, identifier: 1) { $0.noLocal = true }
        own.subscribe("#", qos: .atMostOnce, identifier: 2)
        own.subscribe("+", qos: .atMostOnce, identifier: 3) { $0.retainAsPublished = true }
        _ = own.take()
        own.publish("t", "own", retain: true)
        let mine = try #require(own.takePublishes().first)
        #expect(mine.properties.subscriptionIdentifiers == [2, 3])
        #expect(mine.qos == .atMostOnce, "the highest QoS of those that are left")
        #expect(mine.retain)
        harness.connect("other").publish("t", "other", retain: true)
        let others = own.takePublishes()
        #expect(others.count == 1, "one copy")
        #expect(others.first?.properties.subscriptionIdentifiers == [1, 2, 3], "MQTT-3.3.4-3, MQTT-3.3.4-4")
        #expect(others.first?.qos == .atLeastOnce, "MQTT-3.3.4-2")
        #expect(others.first?.retain == true)
        harness.check()
    }
}
