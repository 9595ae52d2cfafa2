import BrokerEngine
import MQTTPackets
import Testing

/// Shared subscriptions (MQTT 5.0 §4.8.2).
@Suite struct SharedSubscriptionTests {
    private static func members(_ harness: EngineHarness, _ names: [String], receiveMaximum: UInt16? = nil) -> [Peer] {
        names.map { name in
            let peer = harness.resume(name) { $0.properties.receiveMaximum = receiveMaximum }
            peer.subscribe("$share/g/t/+")
            #expect(peer.subAck?.reasonCodes == [.grantedQoS1])
            return peer
        }
    }

    private static func publish(_ harness: EngineHarness, _ range: ClosedRange<Int>) {
        let writer = harness.connect("writer")
        for index in range { writer.publish("t/\(index)", "\(index)") }
        #expect(writer.takePubAcks().count == range.count)
    }

    @Test func strictRoundRobin() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b", "c"])
        Self.publish(harness, 1...9)
        #expect(members.map { $0.takePayloads() } == [["1", "4", "7"], ["2", "5", "8"], ["3", "6", "9"]])
    }

    @Test func theRoundGoesOnWhereItWasWhenAMemberLeaves() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b", "c", "d"])
        Self.publish(harness, 1...2)
        members[0].unsubscribe("$share/g/t/+")
        Self.publish(harness, 3...5)
        #expect(members.map { $0.takePayloads() } == [["1"], ["2", "5"], ["3"], ["4"]])
    }

    @Test func onlyMembersThatHaveRoomGetSome() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"], receiveMaximum: 2)
        Self.publish(harness, 1...6)
        let first = members[0].takePublishes()
        #expect(first.map(\.text) == ["1", "3"])
        #expect(members[1].takePayloads() == ["2", "4"])
        members[0].acknowledge(first[1])
        #expect(members[0].takePayloads() == ["5"])
        members[0].acknowledge(first[0])
        #expect(members[0].takePayloads() == ["6"])
        #expect(members[1].takePayloads().isEmpty)
    }

    @Test func aSlowMemberIsPassedOver() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"])
        harness.setWritable(false, members[0])
        Self.publish(harness, 1...4)
        #expect(members[1].takePayloads() == ["1", "2", "3", "4"])
        harness.setWritable(true, members[0])
        #expect(members[0].takePayloads().isEmpty)
    }

    @Test(arguments: [true, false])
    func theDeliveriesOfADeadMemberGoToTheOthersAtOnce(byDisconnect: Bool) {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"], receiveMaximum: 4)
        Self.publish(harness, 1...8)
        let (first, second) = (members[0].takePublishes(), members[1].takePublishes())
        #expect(first.map(\.text) == ["1", "3", "5", "7"])
        members[0].acknowledge(first[1])
        if byDisconnect { members[0].disconnect() } else { members[0].cut() }
        #expect(members[1].takePublishes().isEmpty, "it has no room")
        for delivery in second { members[1].acknowledge(delivery) }
        let again = members[1].takePublishes()
        #expect(again.map(\.text) == ["1", "5", "7"])
        #expect(again.map(\.dup) == [true, true, true])
        #expect(harness.engine.statistics.redistributed == 3)
    }

    @Test func whatWasHandedBackGoesBeforeWhatWaits() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"], receiveMaximum: 1)
        Self.publish(harness, 1...4)
        members[0].cut()
        let second = members[1].takeAndAcknowledge()
        #expect(second.map(\.text) == ["2", "1", "3", "4"])
        #expect(second.map(\.dup) == [false, true, false, false])
    }

    @Test func unsubscribingLetsTheMemberFinishWhatItHolds() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"])
        Self.publish(harness, 1...4)
        let held = members[0].takePublishes()
        members[0].unsubscribe("$share/g/t/+")
        #expect(members[0].unsubAck?.reasonCodes == [.success])
        #expect(members[1].takePayloads() == ["2", "4"], "MQTT-3.10.4-3: the deliveries are completed")
        members[0].acknowledge(held[0])
        members[0].disconnect()
        let rest = members[1].takePublishes()
        #expect(rest.map(\.text) == ["3"])
        #expect(rest.map(\.dup) == [true])
    }

    @Test func theLastMemberFinishesAfterUnsubscribing() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a"], receiveMaximum: 2)
        Self.publish(harness, 1...4)
        let held = members[0].takePublishes()
        members[0].unsubscribe("$share/g/t/+")
        #expect(harness.engine.statistics.storedMessages == 2)
        members[0].acknowledge(held[0])
        #expect(harness.engine.statistics.storedMessages == 1)
        members[0].cut()
        #expect(harness.engine.statistics.storedMessages == 0)
        let writer = harness.connect("writer")
        let identifier = writer.publish("t/1")
        #expect(
            writer.takePubAcks() == [PubAck(packetIdentifier: identifier, reasonCode: .noMatchingSubscribers)],
            "the group is gone"
        )
    }

    @Test func aNewMemberTakesOverWhatTheLastOneHeld() {
        let harness = EngineHarness()
        let first = Self.members(harness, ["a"])[0]
        Self.publish(harness, 1...2)
        first.unsubscribe("$share/g/t/+")
        let second = Self.members(harness, ["b"])[0]
        Self.publish(harness, 3...3)
        #expect(second.takePayloads() == ["3"])
        first.cut()
        #expect(second.takePayloads() == ["1", "2"])
    }

    @Test func aGroupWhoseMembersAreAwayKeepsItsQueueWhileOneIsPersistent() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"])
        for member in members { member.cut() }
        Self.publish(harness, 1...3)
        #expect(harness.engine.statistics.storedMessages == 3)
        let back = harness.resume("b")
        #expect(back.takePayloads() == ["1", "2", "3"])
    }

    @Test func aGroupEndsWithItsLastSession() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"])
        for member in members { member.cut() }
        Self.publish(harness, 1...3)
        harness.advance(seconds: 3_601)
        #expect(harness.engine.statistics.storedMessages == 0)
        #expect(harness.engine.statistics.sessions == 1, "the writer's")
    }

    @Test func groupsAreApartFromEachOtherAndFromOrdinarySubscriptions() {
        let harness = EngineHarness()
        let one = harness.connect("one")
        one.subscribe("$share/g/t/+", identifier: 1)
        one.subscribe("$share/h/t/+", identifier: 2)
        one.subscribe("t/#", identifier: 3)
        Self.publish(harness, 1...1)
        #expect(Set(one.takePublishes().map(\.properties.subscriptionIdentifiers)) == [[1], [2], [3]])
    }

    @Test func aMemberOfQoS0GetsItOnceAndForGood() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.subscribe("$share/g/t/+", qos: .atMostOnce)
        Self.publish(harness, 1...2)
        let publishes = peer.takePublishes()
        #expect(publishes.map(\.qos) == [.atMostOnce, .atMostOnce])
        #expect(harness.engine.statistics.storedMessages == 0)
    }

    @Test func qos0GoesToOneMemberInTurn() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"])
        let writer = harness.connect("writer")
        for index in 1...4 { writer.publish("t/\(index)", "\(index)", qos: .atMostOnce) }
        #expect(members.map { $0.takePayloads() } == [["1", "3"], ["2", "4"]])
        for member in members { member.cut() }
        writer.publish("t/5", "5", qos: .atMostOnce)
        #expect(harness.engine.statistics.droppedQoS0 == 1)
    }

    @Test func retainedMessagesAreNotSentToSharedSubscriptions() {
        let harness = EngineHarness()
        harness.connect("writer").publish("t/1", "1", retain: true)
        let peer = harness.connect("a")
        peer.subscribe("$share/g/t/+")
        #expect(peer.takePublishes().isEmpty)
    }

    @Test func noLocalIsAProtocolError() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.subscribe("$share/g/t/+") { $0.noLocal = true }
        #expect(peer.disconnectReason == .protocolError)
    }

    @Test func refusedAndRejectedPubAcksEndTheDelivery() {
        let harness = EngineHarness()
        let members = Self.members(harness, ["a", "b"])
        Self.publish(harness, 1...1)
        let held = members[0].takePublishes()
        members[0].acknowledge(held[0], reason: .unspecifiedError)
        members[0].cut()
        #expect(members[1].takePublishes().isEmpty, "MQTT-4.8.2-6")
        #expect(harness.engine.statistics.storedMessages == 0)
    }

    @Test func whatIsTooLargeForOneMemberGoesToAnother() {
        let harness = EngineHarness()
        let small = harness.connect("small") { $0.properties.maximumPacketSize = 40 }
        small.subscribe("$share/g/t/+")
        let large = harness.connect("large") { $0.properties.receiveMaximum = 1 }
        large.subscribe("$share/g/t/+")
        let writer = harness.connect("writer")
        let long = String(repeating: "x", count: 100)
        for payload in ["\(long)1", "\(long)2", "3"] { writer.publish("t/1", payload) }
        let first = large.takePublishes()
        #expect(first.map(\.text) == ["\(long)1"])
        large.acknowledge(first[0])
        #expect(large.takePayloads() == ["\(long)2"])
        #expect(small.takePayloads() == ["3"])
        large.cut()
        #expect(harness.engine.statistics.droppedTooLarge == 1, "nobody is left who takes it")
    }

    @Test(arguments: [true, false])
    func whatOnlyOneMemberTakesHoldsUpNobodyOnceItIsGone(leaves: Bool) {
        let harness = EngineHarness()
        let small = harness.connect("small") { $0.properties.maximumPacketSize = 40 }
        small.subscribe("$share/g/t/+")
        let large = harness.resume("large") { $0.properties.receiveMaximum = 1 }
        large.subscribe("$share/g/t/+")
        large.subscribe("own")
        let writer = harness.connect("writer")
        // Its window is full, so what is long waits for it, and what is short behind that.
        writer.publish("own", "1")
        writer.publish("t/1", String(repeating: "x", count: 100))
        writer.publish("t/1", "3")
        #expect(large.takePayloads() == ["1"])
        #expect(small.takePayloads().isEmpty)
        if leaves {
            large.unsubscribe("$share/g/t/+")
        } else {
            large.cut()
        }
        #expect(small.takePayloads() == ["3"])
    }

    @Test func whatExpiresWhileItsPageIsOnItsWayHoldsUpNobody() {
        let harness = EngineHarness()
        let member = harness.connect("member")
        member.subscribe("$share/g/t/+")
        let keeper = harness.resume("keeper")
        let writer = harness.connect("writer")
        harness.holdsPages = true
        var properties = PublishProperties()
        properties.messageExpiryInterval = 5
        // Its identifier has to be durable first; that of a client without a session is nowhere.
        keeper.publish("t/1", "first", qos: .exactlyOnce, properties: properties)
        writer.publish("t/1", "second", qos: .exactlyOnce)
        #expect(member.takePublishes().isEmpty)
        harness.advance(seconds: 6)
        #expect(member.takePayloads() == ["second"])
    }
}
