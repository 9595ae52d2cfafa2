import BrokerAccess
import MQTTPackets
import NIOCore
import Testing

@testable import BrokerEngine

/// What the rules allow and refuse, and what a reload does to who is connected.
@Suite struct AccessTests {
    /// Everybody may connect, and publish and subscribe below `open`; users also below their own name.
    private static let rules = [
        AccessRule(connect: true, publish: ["open/#"], subscribe: ["open/#", "$share/+/open/#"]),
        AccessRule(users: ["*"], publish: ["{user}/#"], subscribe: ["{user}/#"]),
    ]

    private func harness(
        _ rules: [AccessRule] = rules,
        configure: (inout EngineConfiguration) -> Void = { _ in }
    ) throws -> EngineHarness {
        let harness = EngineHarness(configure: configure)
        try set(rules, harness)
        return harness
    }

    private func set(_ rules: [AccessRule]?, _ harness: EngineHarness) throws {
        harness.engine.setAccess(try rules.map { try AccessPolicy($0) }, at: harness.now)
        harness.turn()
    }

    /// A session that outlives its connection.
    private static func lasting(_ connect: inout Connect) {
        connect.cleanStart = false
        connect.properties.sessionExpiryInterval = 100
    }

    // MARK: Connecting

    @Test func whoMayNotConnectIsToldSo() throws {
        let harness = try harness([AccessRule(users: ["ann"], connect: true)])
        #expect(harness.connect("a", as: "ann").connAck?.reasonCode == .success)
        let bob = harness.connect("b", as: "bob")
        #expect(bob.connAck?.reasonCode == .notAuthorized)
        #expect(bob.isClosed)
        #expect(harness.connectOld("c").connAck?.reasonCode == .notAuthorized)
        #expect(harness.engine.statistics.accessRefused == 2)
        #expect(harness.takeRefusals().map(\.userName) == ["bob", nil])
        harness.check()
    }

    @Test func aRefusedClientTakesNothingOver() throws {
        let harness = try harness([AccessRule(users: ["ann"], connect: true)])
        let ann = harness.connect("a", as: "ann")
        #expect(harness.connect("a", as: "bob").connAck?.reasonCode == .notAuthorized)
        #expect(!ann.isClosed)
    }

    // MARK: Publishing

    @Test func aPublishThatIsNotAllowedReachesNobody() throws {
        let harness = try harness()
        let reader = harness.connect("reader")
        reader.subscribe("open/#")
        let writer = harness.connect("writer", as: "ann")
        writer.publish("open/1", "1")
        writer.publish("ann/1", "2")
        writer.publish("bob/1", "3")
        writer.publish("bob/1", "4", qos: .atMostOnce)
        writer.publish("bob/1", "5", retain: true)
        #expect(
            writer.takePubAcks().map(\.reasonCode)
                == [.success, .noMatchingSubscribers, .notAuthorized, .notAuthorized]
        )
        #expect(!writer.isClosed)
        #expect(reader.takePayloads() == ["1"])
        #expect(harness.engine.statistics.retainedMessages == 0)
        #expect(harness.engine.statistics.accessRefused == 3)
        let expected = AccessRefusal(
            action: .publish,
            clientIdentifier: "writer",
            userName: "ann",
            subject: "bob/1",
            connection: Int32(writer.handle.index)
        )
        #expect(harness.takeRefusals().first == expected)
        harness.check()
    }

    @Test func a311PublishIsAcknowledgedAndDropped() throws {
        let harness = try harness()
        let reader = harness.connect("reader")
        reader.subscribe("open/#")
        let writer = harness.connectOld("writer")
        writer.publish("other", "1")
        #expect(writer.takePubAcks().map(\.packetIdentifier) == [1], "MQTT-3.3.5-2 of 3.1.1")
        #expect(!writer.isClosed)
        #expect(harness.engine.statistics.accessRefused == 1)
    }

    @Test func anAliasDoesNotGetAround() throws {
        let harness = try harness()
        let writer = harness.connect("writer")
        writer.publish("secret", properties: PublishProperties(topicAlias: 1))
        writer.publish("", properties: PublishProperties(topicAlias: 1))
        #expect(writer.takePubAcks().map(\.reasonCode) == [.notAuthorized, .notAuthorized])
    }

    @Test func aSteadyStreamAsksOnce() throws {
        let harness = try harness { $0.limits.rememberedTopics = 2 }
        let writer = harness.connect("writer")
        for topic in ["open/1", "open/2", "open/1", "open/3", "open/1", "open/3"] { writer.publish(topic) }
        writer.publish("open")
        writer.publish("opens")
        #expect(
            writer.takePubAcks().map(\.reasonCode)
                == Array(repeating: .noMatchingSubscribers, count: 7) + [.notAuthorized]
        )
        let connection = Int(writer.handle.index)
        // Asked outside of the macro, which can not pass a span on.
        let isKept = ["open", "open/2"].map { topic in
            harness.engine.connections[connection].allowedTopics.contains(Array(topic.utf8).span)
        }
        #expect(isKept == [true, false])
    }

    // MARK: Subscribing

    @Test func everyFilterIsAskedForByItself() throws {
        let harness = try harness()
        let peer = harness.connect("a", as: "ann")
        let filters = ["open/+", "#", "ann/x", "bob/x", "$share/g/open/x", "$share/g/ann/x"]
        let wishes = filters.map { SubscribeFilter(filter: $0, qos: .atLeastOnce) }
        peer.send(.subscribe(Subscribe(packetIdentifier: 1, filters: wishes)))
        #expect(
            peer.subAck?.reasonCodes
                == [.grantedQoS1, .notAuthorized, .grantedQoS1, .notAuthorized, .grantedQoS1, .notAuthorized]
        )
        #expect(harness.takeRefusals().compactMap(\.subject) == ["#", "bob/x", "$share/g/ann/x"])
        let old = harness.connectOld("old")
        old.subscribe("other")
        #expect(old.subAck?.reasonCodes == [.unspecifiedError])
        harness.check()
    }

    @Test func retainedMessagesComeOnlyToWhoMaySubscribe() throws {
        let harness = try harness()
        harness.connect("writer", as: "bob").publish("bob/1", "secret", retain: true)
        let peer = harness.connect("a", as: "ann")
        peer.subscribe("bob/1")
        peer.subscribe("#")
        #expect(peer.takePublishes().isEmpty)
    }

    // MARK: Wills

    private func will(_ topic: String, delay: UInt32? = nil) -> Will {
        var will = Will(topic: topic, payload: ByteBuffer(string: "gone"))
        will.properties.willDelayInterval = delay
        return will
    }

    @Test func aWillThatIsNotAllowedIsRefusedAtConnect() throws {
        let harness = try harness()
        let peer = harness.connect("a", as: "ann") { $0.will = will("bob/will") }
        #expect(peer.connAck?.reasonCode == .notAuthorized)
        #expect(peer.isClosed)
        #expect(harness.takeRefusals().map(\.action) == [.will])
        #expect(harness.connect("a", as: "ann") { $0.will = will("ann/will") }.connAck?.reasonCode == .success)
    }

    @Test func aWillObeysTheRulesOfTheMomentItIsDue() throws {
        let harness = try harness()
        let witness = harness.connect("witness", as: "ann")
        witness.subscribe("ann/#")
        let peer = harness.connect("a", as: "ann") {
            Self.lasting(&$0)
            $0.will = will("ann/will", delay: 10)
        }
        peer.cut()
        try set([AccessRule(users: ["ann"], connect: true, subscribe: ["ann/#"])], harness)
        harness.advance(seconds: 10)
        #expect(witness.takePublishes().isEmpty)
        #expect(harness.takeRefusals().map(\.action) == [.will])
        harness.check()
    }

    @Test func afterARestartAWillIsSentAsConnectAllowedIt() throws {
        let harness = try harness()
        let peer = harness.connect("a", as: "ann") {
            Self.lasting(&$0)
            $0.will = will("ann/will", delay: 10)
        }
        peer.cut()
        harness.settle()
        let second = harness.crash()
        try set(Self.rules, second)
        let witness = second.connect("witness", as: "ann")
        witness.subscribe("ann/#")
        second.advance(seconds: 10)
        #expect(witness.takePayloads() == ["gone"])
    }

    // MARK: Reload

    @Test func aReloadCountsAtOnce() throws {
        let harness = try harness()
        let peer = harness.connect("a", as: "ann")
        peer.publish("ann/1")
        try set([AccessRule(connect: true)], harness)
        peer.publish("ann/1")
        #expect(peer.takePubAcks().map(\.reasonCode) == [.noMatchingSubscribers, .notAuthorized])
        try set(nil, harness)
        peer.publish("anything")
        #expect(peer.takePubAcks().map(\.reasonCode) == [.noMatchingSubscribers])
        harness.check()
    }

    @Test func whoMayNotConnectAnyMoreIsCutOff() throws {
        let harness = try harness()
        let ann = harness.connect("a", as: "ann")
        let bob = harness.connect("b", as: "bob")
        try set([AccessRule(users: ["ann"], connect: true)], harness)
        #expect(bob.disconnectReason == .notAuthorized)
        #expect(bob.isClosed)
        #expect(!ann.isClosed)
        harness.check()
    }

    @Test func subscriptionsThatAreNoLongerAllowedAreRemoved() throws {
        let harness = try harness()
        let peer = harness.connect("a", as: "ann") {
            Self.lasting(&$0)
            $0.properties.receiveMaximum = 1
        }
        peer.subscribe("open/#")
        peer.subscribe("ann/#")
        let writer = harness.connect("writer", as: "ann")
        for topic in ["ann/1", "ann/2", "open/1", "ann/3"] { writer.publish(topic, topic) }
        let first = peer.takePublishes()
        #expect(first.map(\.text) == ["ann/1"])
        try set([Self.rules[0], AccessRule(users: ["ann"], publish: ["ann/#"])], harness)
        #expect(harness.takeRefusals().map(\.action) == [.subscription])
        #expect(harness.engine.statistics.subscriptions == 1)
        writer.publish("ann/4")
        for publish in first { peer.acknowledge(publish) }
        #expect(peer.takeAndAcknowledge().map(\.text) == ["open/1"], "what waited because of it is not sent")
        peer.cut()
        harness.settle()
        let second = harness.crash()
        #expect(second.engine.statistics.subscriptions == 1)
        second.check()
        harness.check()
    }

    @Test func aSessionThatWasAwayIsLookedAtWhenItsClientComes() throws {
        let harness = try harness()
        let first = harness.connect("a", as: "ann", Self.lasting)
        first.subscribe("ann/#")
        first.subscribe("$share/g/open/#")
        first.cut()
        let writer = harness.connect("writer", as: "ann")
        writer.publish("ann/1", "secret")
        try set([AccessRule(connect: true, publish: ["open/#"])], harness)
        let second = harness.connect("a", as: "ann", Self.lasting)
        #expect(second.connAck?.sessionPresent == true)
        #expect(second.takePublishes().isEmpty)
        #expect(harness.engine.statistics.subscriptions == 0)
        writer.publish("open/1")
        #expect(writer.takePubAcks().last?.reasonCode == .noMatchingSubscribers)
        harness.check()
    }

    // MARK: The audit log

    @Test func theAuditLogHasABound() throws {
        let harness = try harness {
            $0.limits.refusals = 3
            $0.limits.refusalBytes = 8
        }
        let peer = harness.connect("a")
        for _ in 1...5 { peer.publish("a-long-topic", qos: .atMostOnce) }
        let refusals = harness.takeRefusals()
        #expect(refusals.count == 3)
        #expect(refusals.first?.subject == "a-long-t…")
        #expect(harness.engine.statistics.accessRefused == 5)
        peer.publish("x")
        #expect(harness.takeRefusals().map(\.subject) == ["x"])
    }
}
