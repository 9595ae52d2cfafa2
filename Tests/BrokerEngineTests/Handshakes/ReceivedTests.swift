import BrokerEngine
import MQTTPackets
import Testing

/// QoS 2 from a client to the broker (MQTT 5.0 §4.3.3): routed once for each handshake, over reconnects and crashes.
@Suite struct ReceivedTests {
    private static func reader(_ harness: EngineHarness, _ filter: String = "t/#") -> Peer {
        let reader = harness.resume("reader")
        reader.subscribe(filter)
        return reader
    }

    @Test(arguments: [ProtocolVersion.v5, .v3_1_1])
    func theWholeHandshake(version: ProtocolVersion) {
        let harness = EngineHarness()
        let reader = Self.reader(harness)
        let writer = version == .v5 ? harness.resume("writer") : harness.connectOld("writer", clean: false)
        let identifier = writer.publishOnce("t/1", "a")
        #expect(writer.takePubRecs() == [PubRec(packetIdentifier: identifier)])
        #expect(reader.takePayloads() == ["a"])
        writer.release(identifier)
        #expect(writer.takePubComps() == [PubComp(packetIdentifier: identifier)])
        harness.check()
        writer.publishOnce("t/1", "b", identifier: identifier)
        #expect(writer.takePubRecs() == [PubRec(packetIdentifier: identifier)], "the identifier is free again")
        #expect(reader.takePayloads() == ["b"])
        harness.check()
    }

    @Test(arguments: [true, false])
    func theSameIdentifierIsTheSameMessage(dup: Bool) {
        let harness = EngineHarness()
        let reader = Self.reader(harness)
        let writer = harness.resume("writer")
        let identifier = writer.publishOnce("t/1", "a")
        writer.publishOnce("t/1", "a", identifier: identifier, dup: dup)
        #expect(writer.takePubRecs().map(\.reasonCode) == [.success, .success], "MQTT-4.3.3-10")
        #expect(reader.takePayloads() == ["a"])
        #expect(harness.engine.statistics.repeatedPublishes == 1)
    }

    @Test func aReconnectChangesNothing() {
        let harness = EngineHarness()
        let reader = Self.reader(harness)
        var writer = harness.resume("writer")
        let identifier = writer.publishOnce("t/1", "a")
        writer.cut()
        writer = harness.resume("writer")
        writer.publishOnce("t/1", "a", identifier: identifier, dup: true)
        #expect(writer.takePubRecs().map(\.packetIdentifier) == [identifier])
        #expect(reader.takePayloads() == ["a"])
        writer.cut()
        writer = harness.resume("writer")
        writer.release(identifier)
        #expect(writer.takePubComps() == [PubComp(packetIdentifier: identifier)])
        writer.release(identifier)
        #expect(
            writer.takePubComps() == [PubComp(packetIdentifier: identifier, reasonCode: .packetIdentifierNotFound)]
        )
        harness.check()
    }

    @Test func aCleanStartForgetsTheIdentifiers() {
        let harness = EngineHarness()
        let reader = Self.reader(harness)
        var writer = harness.resume("writer")
        let identifier = writer.publishOnce("t/1", "a")
        writer = harness.resume("writer") { $0.cleanStart = true }
        writer.publishOnce("t/1", "b", identifier: identifier)
        #expect(reader.takePayloads() == ["a", "b"])
        harness.check()
    }

    @Test func theIdentifierSurvivesACrash() {
        var harness = EngineHarness()
        _ = Self.reader(harness)
        var writer = harness.resume("writer")
        let (first, second) = (writer.publishOnce("t/1", "a"), writer.publishOnce("t/1", "b"))
        writer.release(first)
        #expect(writer.takePubComps().map(\.packetIdentifier) == [first])
        harness = harness.crash()
        harness.check()
        let reader = Self.reader(harness)
        writer = harness.resume("writer")
        writer.publishOnce("t/1", "b", identifier: second, dup: true)
        writer.publishOnce("t/1", "c", identifier: first)
        #expect(writer.takePubRecs().map(\.packetIdentifier) == [second, first])
        #expect(reader.takePayloads() == ["a", "b", "c"])
        harness.check()
    }

    @Test func nothingIsSaidOrSeenBeforeThePageIsDurable() {
        var harness = EngineHarness()
        var reader = Self.reader(harness)
        var writer = harness.resume("writer")
        harness.holdsPages = true
        let identifier = writer.publishOnce("t/1", "a")
        #expect(writer.takePubRecs().isEmpty)
        #expect(reader.takePublishes().isEmpty, "it comes again after a crash")
        harness = harness.crash()
        reader = Self.reader(harness)
        writer = harness.resume("writer")
        writer.publishOnce("t/1", "a", identifier: identifier, dup: true)
        #expect(reader.takePublishes().map(\.dup) == [false])
        #expect(writer.takePubRecs().map(\.packetIdentifier) == [identifier])
        harness.check()
    }

    @Test func aRepeatedMessageIsAnsweredWhenItIsDurable() {
        let harness = EngineHarness()
        _ = Self.reader(harness)
        var writer = harness.resume("writer")
        harness.holdsPages = true
        let identifier = writer.publishOnce("t/1", "a")
        writer.cut()
        writer = harness.resume("writer")
        writer.publishOnce("t/1", "a", identifier: identifier, dup: true)
        #expect(writer.takePubRecs().isEmpty)
        harness.completePage()
        #expect(writer.takePubRecs().map(\.packetIdentifier) == [identifier])
    }

    @Test func theReleaseIsDurableBeforePubComp() {
        var harness = EngineHarness()
        _ = Self.reader(harness)
        var writer = harness.resume("writer")
        let identifier = writer.publishOnce("t/1", "a")
        harness.holdsPages = true
        writer.release(identifier)
        #expect(writer.takePubComps().isEmpty)
        writer.cut()
        writer = harness.resume("writer")
        writer.release(identifier)
        #expect(writer.takePubComps().isEmpty, "a crash would bring the identifier back")
        harness.settle()
        #expect(
            writer.takePubComps() == [PubComp(packetIdentifier: identifier, reasonCode: .packetIdentifierNotFound)]
        )
        harness = harness.crash()
        let reader = Self.reader(harness)
        writer = harness.resume("writer")
        writer.publishOnce("t/1", "b", identifier: identifier)
        #expect(reader.takePayloads() == ["a", "b"])
        harness.check()
    }

    @Test func aSessionThatEndsWithItsConnectionWritesNothing() {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("t/#")
        let writer = harness.connect("writer")
        let pages = harness.pages.count
        let identifier = writer.publishOnce("t/1", "a")
        writer.release(identifier)
        #expect(reader.takePayloads() == ["a"])
        #expect(writer.takePubComps().count == 1)
        #expect(harness.pages.count == pages)
        harness.check()
    }

    @Test func nobodyGetsItAndTheHandshakeGoesOn() {
        let harness = EngineHarness()
        let writer = harness.resume("writer")
        let identifier = writer.publishOnce("t/1", "a")
        #expect(
            writer.takePubRecs() == [PubRec(packetIdentifier: identifier, reasonCode: .noMatchingSubscribers)]
        )
        let reader = Self.reader(harness)
        writer.publishOnce("t/1", "a", identifier: identifier, dup: true)
        #expect(reader.takePublishes().isEmpty, "it was taken, and is the same message")
        writer.release(identifier)
        #expect(writer.takePubComps() == [PubComp(packetIdentifier: identifier)])
        harness.check()
    }

    @Test func aRefusedMessageEndsItsHandshake() {
        let harness = EngineHarness { $0.limits.storedBytes = 60 }
        let reader = harness.connect("reader")
        reader.subscribe("t/#")
        let writer = harness.connect("writer")
        let identifier = writer.publishOnce("t/1", String(repeating: "x", count: 100))
        #expect(writer.takePubRecs() == [PubRec(packetIdentifier: identifier, reasonCode: .quotaExceeded)])
        writer.publishOnce("t/1", "b", identifier: identifier)
        #expect(writer.takePubRecs() == [PubRec(packetIdentifier: identifier)], "MQTT-4.3.3-9: it is a new message")
        #expect(reader.takePayloads() == ["b"])
    }

    @Test func theBrokersOwnTopicsAreRefused() {
        let harness = EngineHarness()
        let writer = harness.connect("writer", Peer.extended)
        writer.publishOnce("$SYS/broker/x", "a")
        #expect(writer.takePubRecs().map(\.reasonCode) == [.notAuthorized])
        writer.publishOnce("$martlet/v1/commit", "a")
        #expect(writer.takePubRecs().map(\.reasonCode) == [.implementationSpecificError])
    }

    @Test func receiveMaximumCountsUpToPubComp() {
        let harness = EngineHarness { $0.limits.receiveMaximum = 2 }
        let writer = harness.resume("writer")
        let (first, second) = (writer.publishOnce("t/1"), writer.publishOnce("t/2"))
        writer.publishOnce("t/1", identifier: first, dup: true)
        writer.release(first)
        writer.publishOnce("t/3")
        #expect(!writer.isClosed)
        writer.release(second)
        writer.publish("t/4")
        #expect(!writer.isClosed)
        writer.publishOnce("t/5")
        writer.publishOnce("t/6")
        #expect(writer.disconnectReason == .receiveMaximumExceeded)
        harness.check()
    }

    @Test func whatIsReleasedOnANewConnectionDoesNotCountAgainstIt() {
        let harness = EngineHarness { $0.limits.receiveMaximum = 2 }
        var writer = harness.resume("writer")
        let identifiers = [writer.publishOnce("t/1"), writer.publishOnce("t/2")]
        writer.cut()
        writer = harness.resume("writer")
        harness.holdsPages = true
        for identifier in identifiers { writer.release(identifier) }
        writer.publishOnce("t/3", identifier: 11)
        writer.publishOnce("t/4", identifier: 12)
        #expect(!writer.isClosed)
        writer.publishOnce("t/5", identifier: 13)
        #expect(writer.isClosed)
    }

    @Test func anIdentifierInAHandshakeIsNoOthers() {
        let harness = EngineHarness()
        let writer = harness.resume("writer")
        let identifier = writer.publishOnce("t/1")
        let publish = Publish(qos: .atLeastOnce, topic: "t/2", packetIdentifier: identifier)
        writer.send(.publish(publish))
        #expect(writer.takePubAcks().map(\.reasonCode) == [.packetIdentifierInUse])
        writer.send(.subscribe(Subscribe(packetIdentifier: identifier, filters: [SubscribeFilter(filter: "a")])))
        #expect(writer.subAck?.reasonCodes == [.packetIdentifierInUse])
        writer.send(.unsubscribe(Unsubscribe(packetIdentifier: identifier, filters: ["a", "b"])))
        #expect(writer.unsubAck?.reasonCodes == [.packetIdentifierInUse, .packetIdentifierInUse])
        #expect(harness.engine.statistics.subscriptions == 0)
        let old = harness.connectOld("old")
        let other = old.publishOnce("t/1")
        old.send(.subscribe(Subscribe(packetIdentifier: other, filters: [SubscribeFilter(filter: "a")])))
        #expect(old.subAck?.reasonCodes == [.unspecifiedError])
        old.send(.publish(Publish(qos: .atLeastOnce, topic: "t/2", packetIdentifier: other)))
        #expect(old.isClosed)
    }

    @Test func endsOfEarlierHandshakesDoNotCountThoughTheyAreTriedAgain() {
        let harness = EngineHarness { $0.limits.receiveMaximum = 2 }
        var writer = harness.resume("writer")
        let identifiers = [writer.publishOnce("nobody", "1"), writer.publishOnce("nobody", "2")]
        writer.cut()
        writer = harness.resume("writer")
        harness.holdsPages = true
        for identifier in identifiers { writer.release(identifier) }
        harness.turn()
        harness.failPage(isFull: true)
        harness.turn()
        writer.publish("nobody", "3")
        #expect(!writer.isClosed, "MQTT 5.0 §4.9: only PUBLISH of this connection counts")
        harness.holdsPages = false
        harness.retryPage()
        harness.completePage()
        harness.settle()
        #expect(writer.takePubComps().map(\.packetIdentifier) == identifiers)
        harness.check()
    }

    @Test func aFullJournalRefusesTheMessageAndForgetsTheIdentifier() {
        var harness = EngineHarness()
        let reader = Self.reader(harness)
        let volatile = harness.connect("volatile")
        volatile.subscribe("t/#", qos: .atMostOnce)
        var writer = harness.resume("writer")
        let old = writer.publishOnce("t/0", "old")
        harness.capacity = harness.storedBytes
        let identifier = writer.publishOnce("t/1", "a")
        let alone = writer.publishOnce("nobody", "b")
        #expect(
            writer.takePubRecs().map(\.reasonCode) == [.success, .quotaExceeded, .quotaExceeded]
        )
        #expect(reader.takePayloads() == ["old"])
        #expect(volatile.takePayloads() == ["old"], "not even who gets it at QoS 0")
        harness.check()
        writer.publishOnce("t/2", "c")
        #expect(writer.takePubRecs().map(\.reasonCode) == [.quotaExceeded])
        harness.capacity = .max
        harness.retryPage()
        harness.engine.setSpace(isEnough: true)
        harness.settle()
        for identifier in [identifier, alone] { writer.publishOnce("t/1", "again", identifier: identifier) }
        #expect(reader.takePayloads() == ["again", "again"], "MQTT-4.3.3-9: they are new messages")
        harness.check()
        harness = harness.crash()
        writer = harness.resume("writer")
        for identifier in [old, identifier, alone] { writer.publishOnce("t/1", "x", identifier: identifier, dup: true) }
        #expect(harness.engine.statistics.repeatedPublishes == 3)
        harness.check()
    }

    @Test func identifiersAreMovedToTheTailOfTheJournal() {
        var harness = EngineHarness { $0.limits.journalSlack = 0 }
        let reader = Self.reader(harness)
        var writer = harness.resume("writer")
        var kept: [UInt16] = []
        for round in 0..<200 {
            let identifier = writer.publishOnce("t/\(round)", String(repeating: "x", count: 50))
            if round % 40 == 0 { kept.append(identifier) } else { writer.release(identifier) }
            reader.takeAndAcknowledge()
        }
        let first = harness.engine.firstLivePage
        #expect(first > 100, "old pages were dropped")
        harness.check()
        harness = harness.crash()
        harness.check()
        writer = harness.resume("writer")
        for identifier in kept { writer.publishOnce("t/1", "again", identifier: identifier, dup: true) }
        #expect(harness.engine.statistics.repeatedPublishes == UInt64(kept.count))
        for identifier in kept { writer.release(identifier) }
        #expect(writer.takePubComps().map(\.reasonCode) == kept.map { _ in .success })
        harness.check()
    }

    @Test func manyIdentifiersInAnyOrder() {
        let harness = EngineHarness { $0.limits.receiveMaximum = .max }
        let writer = harness.connect("writer")
        // Every 97th, so that they meet in the table.
        let identifiers = (1...600).map { UInt16(truncatingIfNeeded: $0 &* 97 * 8 | 1) }
        for identifier in Set(identifiers) { writer.publishOnce("t", identifier: identifier) }
        for identifier in Set(identifiers) { writer.release(identifier) }
        #expect(writer.takePubComps().allSatisfy { $0.reasonCode == .success })
        #expect(harness.engine.statistics.repeatedPublishes == 0)
        harness.check()
    }
}
