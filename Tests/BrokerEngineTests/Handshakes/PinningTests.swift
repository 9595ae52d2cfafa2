import BrokerEngine
import MQTTPackets
import Testing

/// QoS 2 of shared subscriptions: pinned to the session that gets a message (MQTT 5.0 §4.8.2).
@Suite struct PinningTests {
    private static func members(_ harness: EngineHarness, _ names: [String], receiveMaximum: UInt16? = nil) -> [Peer] {
        names.map { name in
            let peer = harness.resume(name) { $0.properties.receiveMaximum = receiveMaximum }
            peer.subscribe("$share/g/t/#", qos: .exactlyOnce)
            #expect(peer.subAck?.reasonCodes == [.grantedQoS2])
            return peer
        }
    }

    private static func publish(_ harness: EngineHarness, _ range: ClosedRange<Int>) {
        let writer = harness.connect("writer")
        for index in range { writer.publish("t/\(index)", "\(index)", qos: .exactlyOnce) }
    }

    @Test func eachGetsItsShare() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"])
        Self.publish(harness, 1...4)
        let (first, second) = (members[0].takePublishes(), members[1].takePublishes())
        #expect(first.map(\.text) == ["1", "3"])
        #expect(second.map(\.text) == ["2", "4"])
        #expect(first.map(\.qos) == [.exactlyOnce, .exactlyOnce])
        for (member, publishes) in [(members[0], first), (members[1], second)] {
            for publish in publishes { member.confirm(publish) }
            for publish in publishes { member.complete(publish.packetIdentifier ?? 0) }
        }
        #expect(harness.engine.statistics.storedMessages == 0)
        harness.check()
    }

    @Test(arguments: [true, false])
    func aLostConnectionGivesNothingAway(isConfirmed: Bool) {
        let harness = EngineHarness()
        var members = Self.members(harness, ["a", "b"])
        Self.publish(harness, 1...2)
        let begun = members[0].takePublishes()
        if isConfirmed { members[0].confirm(begun[0]) }
        members[0].cut()
        #expect(members[1].takePayloads() == ["2"])
        harness.check()
        members[0] = harness.resume("a")
        if isConfirmed {
            #expect(members[0].takePubRels().map(\.packetIdentifier) == [begun[0].packetIdentifier])
            #expect(members[0].takePublishes().isEmpty)
        } else {
            let again = members[0].takePublishes()
            #expect(again.map(\.packetIdentifier) == [begun[0].packetIdentifier], "MQTT-4.8.2-4")
            #expect(again.map(\.dup) == [true])
        }
        harness.check()
    }

    @Test(arguments: [true, false])
    func theEndOfTheSessionGivesNothingAway(persistent: Bool) {
        let harness = EngineHarness()
        let stays = Self.members(harness, ["stays"])[0]
        let goes = persistent ? harness.resume("goes") : harness.connect("goes")
        goes.subscribe("$share/g/t/#", qos: .exactlyOnce)
        Self.publish(harness, 1...2)
        #expect(stays.takePayloads() == ["1"])
        #expect(goes.takePayloads() == ["2"])
        if persistent { goes.disconnect(sessionExpiry: 0) } else { goes.cut() }
        #expect(stays.takePublishes().isEmpty, "MQTT-4.8.2-5")
        #expect(harness.engine.statistics.storedMessages == 1)
        harness.check()
    }

    @Test func aCrashGivesNothingAway() {
        var harness = EngineHarness()
        var members = Self.members(harness, ["a", "b"])
        Self.publish(harness, 1...4)
        let (first, second) = (members[0].takePublishes(), members[1].takePublishes())
        members[0].confirm(first[0])
        harness = harness.crash()
        harness.check()
        members = Self.members(harness, ["a", "b"])
        #expect(members[0].takePubRels().map(\.packetIdentifier) == [first[0].packetIdentifier])
        #expect(members[0].takePublishes().map(\.packetIdentifier) == [first[1].packetIdentifier])
        #expect(members[1].takePublishes().map(\.packetIdentifier) == second.map(\.packetIdentifier))
        harness.check()
    }

    @Test func itIsSentWhenItIsDurableThatItIsPinned() {
        var harness = EngineHarness()
        var members = Self.members(harness, ["a", "b"])
        let writer = harness.connect("writer")
        harness.holdsPages = true
        writer.publish("t/1", "1", qos: .exactlyOnce)
        harness.completePage()
        #expect(members[0].takePublishes().isEmpty)
        harness.turn()
        #expect(members[0].takePublishes().isEmpty, "a crash now would give it to another member")
        harness = harness.crash()
        members = [harness.resume("b")]
        #expect(members[0].takePayloads() == ["1"])
        harness.check()
    }

    @Test(arguments: [true, false])
    func whatWasNotSentGoesBackToTheGroup(byCrash: Bool) {
        var harness = EngineHarness()
        var members = Self.members(harness, ["a"])
        let writer = harness.connect("writer")
        harness.holdsPages = true
        writer.publish("t/1", "1", qos: .exactlyOnce)
        harness.completePage()
        harness.turn()
        #expect(harness.outstanding != nil, "it is pinned to a, and not sent")
        members[0].cut()
        harness.turn()
        harness.check()
        harness.settle()
        harness.holdsPages = false
        if byCrash {
            harness = harness.crash()
            harness.check()
        }
        members = [Self.members(harness, ["b"])[0]]
        harness.settle()
        #expect(members[0].takePayloads() == ["1"])
        let a = harness.resume("a")
        harness.settle()
        #expect(a.takePublishes().isEmpty)
        harness.check()
    }

    @Test func aFullJournalPinsNothing() {
        let harness = EngineHarness()
        let member = Self.members(harness, ["a"], receiveMaximum: 1)[0]
        Self.publish(harness, 1...2)
        let first = member.takePublishes()
        #expect(first.map(\.text) == ["1"])
        harness.engine.setSpace(isEnough: false)
        member.confirm(first[0])
        member.complete(first[0].packetIdentifier ?? 0)
        #expect(member.takePublishes().isEmpty)
        harness.check()
        harness.engine.setSpace(isEnough: true)
        harness.settle()
        #expect(member.takePayloads() == ["2"])
        harness.check()
    }

    @Test func aPageThatFailsIsTriedAgainWithIt() {
        var harness = EngineHarness()
        var member = Self.members(harness, ["a"])[0]
        let writer = harness.connect("writer")
        harness.holdsPages = true
        writer.publish("t/1", "1", qos: .exactlyOnce)
        harness.completePage()
        harness.turn()
        harness.failPage(isFull: true)
        harness.turn()
        harness.check()
        #expect(member.takePublishes().isEmpty)
        harness.retryPage()
        harness.completePage()
        harness.turn()
        #expect(member.takePayloads() == ["1"])
        harness.engine.setSpace(isEnough: true)
        harness.settle()
        harness = harness.crash()
        member = harness.resume("a")
        #expect(member.takePayloads() == ["1"])
        harness.check()
    }

    @Test func theWindowOfEachMemberCounts() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"], receiveMaximum: 2)
        Self.publish(harness, 1...6)
        let first = members[0].takePublishes()
        #expect(first.map(\.text) == ["1", "3"])
        #expect(members[1].takePayloads() == ["2", "4"])
        members[0].confirm(first[0])
        #expect(members[0].takePublishes().isEmpty)
        members[0].complete(first[0].packetIdentifier ?? 0)
        #expect(members[0].takePayloads() == ["5"])
        harness.check()
    }

    @Test func withoutAJournalItIsPinnedAtOnce() {
        let harness = EngineHarness(journaling: false)
        let members = Self.members(harness, ["a", "b"])
        Self.publish(harness, 1...2)
        let begun = members[0].takePublishes()
        #expect(begun.map(\.text) == ["1"])
        members[0].cut()
        #expect(members[1].takePayloads() == ["2"])
        #expect(harness.resume("a").takePublishes().map(\.packetIdentifier) == [begun[0].packetIdentifier])
        harness.check()
    }

    /// The group is left before the message could be sent, and nobody else is in it: the message stays the session's.
    @Test func whatIsPinnedToTheLastMemberOutlivesTheGroup() {
        let harness = EngineHarness()
        var member = Self.members(harness, ["a"])[0]
        harness.holdsPages = true
        Self.publish(harness, 1...1)
        harness.completePage()
        harness.turn()
        #expect(member.takePublishes().isEmpty, "that it is pinned is not durable yet")
        member.unsubscribe("$share/g/t/#")
        member.cut()
        harness.holdsPages = false
        harness.settle()
        member = harness.resume("a")
        #expect(member.takePayloads() == ["1"])
        harness.check()
    }
}
