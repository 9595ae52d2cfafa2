import MQTTPackets
import Testing

@testable import BrokerEngine

/// What an operator sees.
@Suite struct InspectionTests {
    /// Every page of a walk.
    private static func walk<Item>(_ question: (UInt64) -> InspectionPage<Item>) -> (items: [Item], pages: Int) {
        var items: [Item] = []
        var pages = 0
        var cursor: UInt64? = 0
        while let at = cursor {
            let page = question(at)
            items += page.items
            pages += 1
            cursor = page.next
        }
        return (items, pages)
    }

    @Test func aSessionIsShownAsItIs() throws {
        let harness = EngineHarness()
        let reader = harness.resume("reader") {
            $0.keepAlive = 30
            $0.properties.receiveMaximum = 2
            $0.will = Will(topic: "gone", qos: .atLeastOnce, retain: true, properties: .init(willDelayInterval: 5))
        }
        reader.subscribe("a/#")
        let writer = harness.connect("writer")
        for _ in 0..<5 { writer.publish("a/b", "12345") }
        harness.advance(seconds: 4)
        let session = try #require(harness.session("reader"))
        #expect(session.clientIdentifier == "reader")
        #expect(session.live?.keepAlive == 30)
        #expect(session.live?.receiveMaximum == 2)
        #expect(session.live?.version == .v5)
        #expect(session.expiry == 3_600)
        #expect((session.subscriptions, session.inflight, session.queued) == (1, 2, 3))
        #expect(session.oldestAge == 4)
        #expect(session.will?.topic == "gone")
        #expect(session.will?.delay == 5)
        #expect(session.will?.isRetained == true)
        reader.cut()
        let away = try #require(harness.session("reader"))
        #expect(away.live == nil)
        #expect((away.inflight, away.queued) == (0, 5))
        #expect(away.endsAt == harness.now.advanced(bySeconds: 3_600))
        #expect(away.will?.dueAt == harness.now.advanced(bySeconds: 5))
        #expect(harness.session("nobody") == nil)
    }

    @Test func aWalkOverSessionsIsBoundedAndWhole() {
        let harness = EngineHarness {
            $0.limits.inspectionSteps = 7
            $0.limits.inspectionItems = 4
        }
        var peers = (0..<40).map { harness.resume("client-\($0)") }
        for index in stride(from: 0, to: 40, by: 2) { peers[index].cut() }
        let all = Self.walk { harness.engine.inspectSessions(SessionQuestion(), from: $0, limit: 100) }
        #expect(all.items.map(\.clientIdentifier).sorted() == (0..<40).map { "client-\($0)" }.sorted())
        #expect(all.pages == 10)
        let away = Self.walk { harness.engine.inspectSessions(.init(isConnected: false), from: $0, limit: 100) }
        #expect(away.items.count == 20)
        #expect(away.items.allSatisfy { $0.live == nil })
        let named = Self.walk {
            harness.engine.inspectSessions(.init(prefix: Array("client-3".utf8)), from: $0, limit: 9)
        }
        #expect(named.items.count == 11)
        // While the walk goes on others come and go: who is there all along is seen once.
        var seen: [String] = []
        var cursor: UInt64? = 0
        while let at = cursor {
            let page = harness.engine.inspectSessions(SessionQuestion(), from: at, limit: 3)
            seen += page.items.map(\.clientIdentifier)
            cursor = page.next
            peers.append(harness.connect("visitor-\(peers.count)"))
            if peers.count % 3 == 0, peers.count < 48 { peers.last?.disconnect() }
            if peers.count > 60 { break }
        }
        #expect(seen.filter { $0.hasPrefix("client-") }.sorted() == (0..<40).map { "client-\($0)" }.sorted())
    }

    @Test func subscriptionsAreFoundByClientFilterAndTopic() throws {
        let harness = EngineHarness { $0.limits.inspectionSteps = 3 }
        let one = harness.connect("one")
        one.subscribe("a/+/c", identifier: 9) { $0.noLocal = true }
        one.subscribe("b/#", qos: .atMostOnce)
        let two = harness.connect("two")
        two.subscribe("$share/g/a/b/c")
        two.subscribe("#")
        func find(_ question: SubscriptionQuestion) -> [String] {
            Self.walk { harness.engine.inspectSubscriptions(question, from: $0, limit: 2) }.items.map(\.filter).sorted()
        }
        #expect(find(SubscriptionQuestion()) == ["#", "$share/g/a/b/c", "a/+/c", "b/#"])
        #expect(find(SubscriptionQuestion(client: Array("one".utf8))) == ["a/+/c", "b/#"])
        #expect(find(SubscriptionQuestion(client: Array("nobody".utf8))) == [])
        #expect(find(SubscriptionQuestion(within: try TopicFilter("a/#"))) == ["$share/g/a/b/c", "a/+/c"])
        #expect(find(SubscriptionQuestion(topic: Array("b/x".utf8))) == ["#", "b/#"])
        let page = harness.engine.inspectSubscriptions(.init(client: Array("one".utf8)), from: 0, limit: 10)
        let first = try #require(page.items.first { $0.filter == "a/+/c" })
        #expect((first.noLocal, first.identifier, first.qos, first.isShared) == (true, 9, 1, false))
    }

    @Test func aGroupIsShownWithItsBacklog() throws {
        let harness = EngineHarness()
        let member = harness.resume("member") { $0.properties.receiveMaximum = 4 }
        member.subscribe("$share/g/t")
        let other = harness.resume("other") { $0.properties.receiveMaximum = 6 }
        other.subscribe("$share/g/t")
        let writer = harness.connect("writer")
        for _ in 0..<13 { writer.publish("t", "abc") }
        harness.advance(seconds: 9)
        var group = try #require(harness.group("$share/g/t"))
        #expect((group.members, group.queued, group.inflight, group.capacity) == (2, 3, 10, 10))
        #expect(group.utilisation == 1)
        #expect((group.oldestAge, group.isDurable, group.redelivered) == (9, true, 0))
        let members = harness.engine.inspectMembers(ofGroup: Array("$share/g/t".utf8), from: 0, limit: 10).items
        #expect(members.map(\.clientIdentifier) == ["member", "other"])
        #expect(members.map(\.inflight) == [4, 6])
        member.cut()
        group = try #require(harness.group("$share/g/t"))
        #expect((group.queued, group.inflight, group.capacity, group.redistributed) == (7, 6, 6, 4))
        other.takeAndAcknowledge()
        group = try #require(harness.group("$share/g/t"))
        #expect((group.queued, group.inflight, group.redelivered, group.oldestAge) == (0, 0, 4, nil))
        let groups = harness.engine.inspectGroups(from: 0, limit: 5).items
        #expect(groups == [group])
        harness.check()
    }

    @Test func theAgeOfABacklogOutlivesACrash() throws {
        var harness = EngineHarness()
        harness.resume("member").subscribe("$share/g/t")
        harness.resume("member").cut()
        let writer = harness.connect("writer")
        for _ in 0..<3 {
            writer.publish("t")
            harness.advance(seconds: 10)
        }
        #expect(harness.group("$share/g/t")?.oldestAge == 30)
        harness = harness.crash(downtime: 5_000)
        #expect(harness.group("$share/g/t")?.oldestAge == 35)
        harness = harness.crash()
        let member = harness.resume("member") { $0.properties.receiveMaximum = 1 }
        for publish in member.takePublishes() { member.acknowledge(publish) }
        // The second of the three is in flight now, the third waits.
        #expect(harness.group("$share/g/t")?.oldestAge == 15)
        #expect(harness.group("$share/g/t")?.redelivered == 2)
    }

    @Test func retainedMessagesAreListedAndShown() throws {
        let harness = EngineHarness {
            $0.limits.inspectedPayloadBytes = 4
            $0.limits.inspectionSteps = 2
        }
        let writer = harness.connect("writer")
        writer.publish("a/1", "one", retain: true)
        writer.publish("a/2", "twelve", retain: true, properties: .init(messageExpiryInterval: 20))
        writer.publish("b/1", "three", retain: true)
        harness.advance(seconds: 3)
        let filter = try TopicFilter("a/#")
        func listed() -> [InspectedRetained] {
            Self.walk { harness.engine.inspectRetained(filter, from: $0, limit: 5) }.items
        }
        #expect(listed().map(\.topic) == ["a/1", "a/2"])
        #expect(listed().map(\.expiresIn) == [nil, 17])
        #expect(listed().allSatisfy { $0.payload == nil && $0.age == 3 })
        let shown = try #require(harness.retained("a/2"))
        #expect(shown.payload == Array("twel".utf8))
        #expect(shown.payloadBytes == 6)
        harness.advance(seconds: 20)
        #expect(listed().map(\.topic) == ["a/1"])
        #expect(harness.retained("a/2") == nil)
    }

    @Test func whatIsInFlightIsListed() {
        let harness = EngineHarness { $0.limits.inspectionSteps = 2 }
        let reader = harness.connect("reader") { $0.properties.receiveMaximum = 5 }
        reader.subscribe("own/#")
        reader.subscribe("$share/g/shared/#")
        let writer = harness.connect("writer")
        for index in 0..<4 { writer.publish("own/\(index)", "x") }
        writer.publish("shared/1", "yy")
        // The second one is done: a hole.
        let second = reader.takePublishes()[1]
        reader.acknowledge(second)
        let found = Self.walk { harness.engine.inspectInflight(of: Array("reader".utf8), from: $0, limit: 3) }.items
        #expect(found.map(\.topic) == ["own/0", "own/2", "own/3", "shared/1"])
        #expect(found.map(\.group) == [nil, nil, nil, "$share/g/shared/#"])
        #expect(Set(found.map(\.packetIdentifier)).count == 4)
        #expect(found.map(\.payloadBytes) == [1, 1, 1, 2])
    }

    @Test func theBrokerIsShown() {
        let harness = EngineHarness { $0.version = "martlet 1" }
        let reader = harness.resume("reader")
        reader.subscribe("$share/g/t")
        harness.connect("writer").publish("t")
        harness.advance(seconds: 60)
        let broker = harness.engine.inspectBroker()
        #expect(broker.version == "martlet 1")
        #expect((broker.connections, broker.groups) == (2, 1))
        #expect(broker.now.milliseconds - broker.startedAt.milliseconds == 60_000)
        #expect(broker.journalLiveBytes > 0 && broker.journalBytes >= broker.journalLiveBytes)
        #expect((broker.isJournaling, broker.isRefusing) == (true, false))
        #expect(broker.statistics.maximumClients == 2)
    }
}
