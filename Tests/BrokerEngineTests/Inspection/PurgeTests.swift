import MQTTPackets
import StateStore
import Testing

@testable import BrokerEngine

/// What an operator takes away stays away, also after a crash, and nothing else does.
@Suite struct PurgeTests {
    @Test(arguments: [true, false]) func aQueueIsEmptiedButForWhatIsInFlight(crashes: Bool) throws {
        var harness = EngineHarness { $0.limits.purgedPerTurn = 3 }
        var reader = harness.resume("reader") { $0.properties.receiveMaximum = 2 }
        reader.subscribe("t")
        let writer = harness.connect("writer")
        for index in 0..<10 { writer.publish("t", "\(index)") }
        let purge = try #require(harness.purge(.queue(client: Array("reader".utf8))))
        #expect(purge.purged == 8)
        #expect(purge.bytes > 0)
        harness.check()
        writer.publish("t", "later")
        if crashes {
            harness = harness.crash()
            reader = harness.resume("reader")
        }
        #expect(reader.takeAndAcknowledge().map(\.text) == ["0", "1", "later"])
        harness.check()
        #expect(harness.purge(.queue(client: Array("nobody".utf8))) == nil)
    }

    @Test(arguments: [true, false]) func aGroupLosesWhatWaits(crashes: Bool) throws {
        var harness = EngineHarness { $0.limits.purgedPerTurn = 2 }
        var member = harness.resume("member") {
            $0.properties.receiveMaximum = 2
            Peer.extended(&$0)
        }
        member.subscribe("$share/g/t")
        let writer = harness.connect("writer")
        for index in 0..<9 { writer.publish("t", "\(index)") }
        // Two are put off, two in flight, five wait.
        for delivery in member.takePublishes() {
            member.commit([.retry(id: delivery.deliveryID, delay: 60_000, reason: [])])
            member.acknowledge(delivery)
        }
        let name = Array("$share/g/t".utf8)
        let before = try #require(harness.group("$share/g/t"))
        #expect((before.delayed, before.inflight, before.queued) == (2, 2, 5))
        let purge = try #require(harness.purge(.group(name: name)))
        #expect(purge.purged == 7)
        let after = try #require(harness.group("$share/g/t"))
        #expect((after.delayed, after.inflight, after.queued, after.oldestAge) == (0, 2, 0, nil))
        harness.check()
        writer.publish("t", "later")
        if crashes {
            harness = harness.crash()
            member = harness.resume("member")
        }
        let texts = member.takeAndAcknowledge().map(\.text)
        #expect(texts.suffix(3) == ["2", "3", "later"])
        harness.advance(seconds: 61)
        #expect(member.takeAndAcknowledge().isEmpty)
        harness.check()
    }

    @Test(arguments: [true, false]) func retainedMessagesAreTakenByFilter(crashes: Bool) throws {
        var harness = EngineHarness {
            $0.limits.purgedPerTurn = 2
            $0.systemTopicInterval = 1
        }
        let writer = harness.connect("writer")
        for index in 0..<5 { writer.publish("a/\(index)", "x", retain: true) }
        writer.publish("b", "y", retain: true)
        harness.advance(seconds: 1)
        let purge = try #require(harness.purge(.retained(try TopicFilter("a/+"))))
        #expect(purge.purged == 5)
        // What the broker says of itself is not an operator's to take away.
        #expect(harness.purge(.retained(try TopicFilter("$SYS/#")))?.purged == 0)
        harness.check()
        if crashes { harness = harness.crash() }
        let reader = harness.connect("reader")
        reader.subscribe("#")
        #expect(reader.takePublishes().map(\.topic) == ["b"])
        harness.check()
    }

    @Test func whatCameAfterTheStartStays() throws {
        let harness = EngineHarness { $0.limits.purgedPerTurn = 2 }
        harness.resume("member").subscribe("$share/g/t")
        harness.resume("member").cut()
        let writer = harness.connect("writer")
        for index in 0..<4 { writer.publish("t", "\(index)") }
        var purge = try #require(harness.beginPurge(.group(name: Array("$share/g/t".utf8))))
        while !purge.isDone {
            harness.engine.purge(&purge, at: harness.now)
            harness.turn()
            writer.publish("t", "new")
        }
        #expect(purge.purged == 4)
        #expect(Set(harness.resume("member").takeAndAcknowledge().map(\.text)) == ["new"])
    }

    @Test(arguments: [true, false]) func aKickedClientIsToldAndItsSessionGoesWhenAsked(ends: Bool) {
        var harness = EngineHarness()
        let reader = harness.resume("reader") { $0.will = Will(topic: "wills/reader") }
        reader.subscribe("t")
        let writer = harness.connect("writer")
        writer.subscribe("wills/#")
        let outcome = harness.kick("reader", endsSession: ends)
        #expect(outcome == KickOutcome(wasConnected: true, isSessionEnded: ends))
        #expect(reader.disconnectReason == .administrativeAction)
        #expect(reader.isClosed)
        #expect(writer.takePublishes().map(\.topic) == ["wills/reader"])
        harness.check()
        harness = harness.crash()
        #expect(harness.resume("reader").connAck?.sessionPresent == !ends)
        #expect(harness.kick("nobody", endsSession: ends) == nil)
    }

    @Test func aSessionThatIsAwayCanBeEnded() {
        let harness = EngineHarness()
        harness.resume("reader").cut()
        let outcome = harness.kick("reader", endsSession: true)
        #expect(outcome == KickOutcome(wasConnected: false, isSessionEnded: true))
        #expect(harness.session("reader") == nil)
        harness.check()
    }
}
