import BrokerEngine
import Journal
import MQTTPackets
import Testing

/// Folding the journal: a restart finds what was promised.
@Suite struct RecoveryTests {
    @Test func anEmptyJournalIsAFreshStart() {
        let harness = EngineHarness()
        #expect(harness.summary == RecoverySummary())
        let after = harness.crash()
        #expect(after.summary == RecoverySummary())
        #expect(after.engine.statistics.sessions == 0)
        after.check()
    }

    @Test func everythingComesBack() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("a/#", qos: .atLeastOnce, identifier: 4) {
            $0.noLocal = true
            $0.retainAsPublished = true
        }
        reader.subscribe("$share/g/s")
        let other = harness.resume("other")
        other.subscribe("a/b", qos: .atMostOnce)
        harness.connect("fleeting").subscribe("a/#")
        let writer = harness.connect("writer")
        for index in 1...6 { writer.publish("a/b", "\(index)", retain: index == 3) }
        for index in 1...4 { writer.publish("s", "s\(index)") }
        let received = reader.takePublishes()
        for index in [0, 2, 6] { reader.acknowledge(received[index]) }
        let before = EngineDescription(harness.engine)
        let after = harness.crash()
        var expected = before
        for name in ["fleeting", "writer"] { expected.sessions[name] = nil }
        for name in ["reader", "other"] { expected.sessions[name]?.loseConnection(at: after.engine.now) }
        #expect(EngineDescription(after.engine) == expected)
        #expect(after.summary?.sessions == 2)
        #expect(after.summary?.subscriptions == 3)
        #expect(after.summary?.retained == 1)
        #expect(after.summary?.messages == 8, "four and the retained one for the reader, three for the group")
        #expect(after.summary?.unreadableRecords == 0)
        after.check()
        let back = after.resume("reader")
        #expect(back.connAck?.sessionPresent == true)
        let again = back.takeAndAcknowledge()
        #expect(again.map(\.text) == ["2", "4", "5", "6", "s2", "s3", "s4"])
        #expect(!again.map(\.dup).contains(false), "nobody knows what was sent before the crash")
        #expect(after.engine.statistics.storedMessages == 1)
        #expect(EngineDescription(after.crash().engine).sessions["reader"]?.queue == [])
    }

    @Test func theNumbersGoOn() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        harness.connect("writer").publish("t", "1")
        let after = harness.crash()
        let other = after.resume("other")
        other.subscribe("t")
        after.connect("writer").publish("t", "2")
        #expect(after.resume("reader").takePayloads() == ["1", "2"])
        let last = after.crash()
        #expect(last.resume("reader").takePayloads() == ["1", "2"])
        #expect(last.resume("other").takePayloads() == ["2"])
        last.check()
    }

    @Test func packetIdentifiersAreTheSameAfterACrash() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        let writer = harness.connect("writer")
        for index in 1...4 { writer.publish("t", "\(index)") }
        let first = reader.takePublishes()
        reader.acknowledge(first[0])
        let again = harness.crash().resume("reader").takePublishes()
        #expect(again.map(\.packetIdentifier) == first.dropFirst().map(\.packetIdentifier))
    }

    @Test(arguments: [true, false])
    func aPageOnItsWayIsKeptOrLostAsAWhole(isKept: Bool) {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.cut()
        let writer = harness.connect("writer")
        harness.holdsPages = true
        writer.publish("t", "1")
        writer.publish("t", "2")
        #expect(writer.takePubAcks().isEmpty)
        let after = harness.crash(keepingOutstanding: isKept)
        #expect(after.resume("reader").takePayloads() == (isKept ? ["1"] : []), "2 stood on the next page")
    }

    @Test func anAcknowledgementThatIsNotDurableMayBeForgottenButNothingElse() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        let writer = harness.connect("writer")
        writer.publish("t", "1")
        writer.publish("t", "2")
        let received = reader.takePublishes()
        reader.acknowledge(received[0])
        harness.holdsPages = true
        reader.acknowledge(received[1])
        #expect(harness.crash().resume("reader").takePayloads() == ["2"])
    }

    @Test func timesGoOnOverACrash() {
        let harness = EngineHarness()
        harness.resume("away") { $0.properties.sessionExpiryInterval = 100 }.cut()
        harness.advance(seconds: 60)
        let connected = harness.resume("connected") { $0.properties.sessionExpiryInterval = 100 }
        connected.subscribe("t")
        let writer = harness.connect("writer")
        writer.publish("t", "1", properties: PublishProperties(messageExpiryInterval: 50))
        let after = harness.crash(downtime: 30_000)
        after.advance(milliseconds: 9_999)
        #expect(after.engine.statistics.sessions == 2)
        after.advance(milliseconds: 1)
        #expect(after.engine.statistics.sessions == 1, "100 seconds after it left")
        let publishes = after.resume("connected").takePublishes()
        #expect(publishes.map(\.properties.messageExpiryInterval) == [10])
        #expect(after.crash(downtime: 100_000).engine.statistics.sessions == 1, "connected, as the journal knows")
    }

    @Test func repeatedCrashesDoNotKeepASessionAlive() {
        var harness = EngineHarness()
        _ = harness.resume("a") { $0.properties.sessionExpiryInterval = 100 }
        for _ in 0..<5 { harness = harness.crash(downtime: 30_000) }
        harness.advance(seconds: 1)
        #expect(harness.engine.statistics.sessions == 0)
    }

    @Test func aSessionThatEndedDoesNotComeBack() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.subscribe("$share/g/t")
        harness.connect("writer").publish("t", "1")
        _ = harness.connect("reader")
        let after = harness.crash()
        #expect(after.engine.statistics.sessions == 0)
        #expect(after.engine.statistics.storedMessages == 0)
        #expect(after.summary?.lostSessions == 0)
        after.check()
    }

    @Test func unsubscribedStaysUnsubscribed() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.subscribe("$share/g/t")
        reader.unsubscribe("t", "$share/g/t")
        let after = harness.crash()
        let writer = after.connect("writer")
        writer.publish("t")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.noMatchingSubscribers])
        after.check()
    }

    @Test func aGroupIsDurableOnlyThroughPersistentMembers() {
        let harness = EngineHarness()
        let fleeting = harness.connect("fleeting") { $0.properties.receiveMaximum = 1 }
        fleeting.subscribe("$share/g/t")
        let lasting = harness.resume("lasting") { $0.properties.receiveMaximum = 1 }
        let writer = harness.connect("writer")
        for index in 1...3 { writer.publish("t", "\(index)") }
        lasting.subscribe("$share/g/t")
        for index in 4...6 { writer.publish("t", "\(index)") }
        harness.check()
        let back = harness.crash().resume("lasting")
        #expect(back.takeAndAcknowledge().map(\.text) == ["4", "5", "6"])
    }

    @Test func aGroupThatWasDurableIsNotWhenItsLastPersistentMemberIsGone() {
        let harness = EngineHarness()
        let fleeting = harness.connect("fleeting") { $0.properties.receiveMaximum = 1 }
        fleeting.subscribe("$share/g/t")
        let lasting = harness.resume("lasting") { $0.properties.receiveMaximum = 1 }
        lasting.subscribe("$share/g/t")
        let writer = harness.connect("writer")
        for index in 1...4 { writer.publish("t", "\(index)") }
        lasting.unsubscribe("$share/g/t")
        lasting.disconnect()
        harness.check()
        #expect(fleeting.takeAndAcknowledge().map(\.text) == ["1", "2", "3", "4"])
        #expect(harness.engine.statistics.storedMessages == 0)
        #expect(harness.crash().engine.statistics.storedMessages == 0)
    }

    @Test func aDamagedPageLosesWhatStoodOnItAndNothingElse() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.cut()
        let writer = harness.connect("writer")
        for index in 1...3 { writer.publish("t", "\(index)") }
        // As a journal hands a damaged page out: without the records that are lost.
        var pages = harness.pages
        pages[pages.count - 2].bytes = []
        let after = EngineHarness(pages: pages, now: harness.now)
        #expect(after.resume("reader").takePayloads() == ["1", "3"])
        after.check()
    }

    @Test(arguments: 0..<12)
    func aLostPageNeverStopsTheBroker(lost: Int) {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t", identifier: 3)
        reader.subscribe("$share/g/t")
        let writer = harness.connect("writer")
        for index in 1...3 { writer.publish("t", "\(index)", retain: true) }
        reader.takeAndAcknowledge()
        reader.unsubscribe("t")
        writer.publish("t", "4")
        reader.cut()
        var pages = harness.pages
        guard pages.indices.contains(lost) else { return }
        pages.remove(at: lost)
        let after = EngineHarness(pages: pages, now: harness.now)
        after.check()
        let back = after.resume("reader")
        back.subscribe("t")
        after.connect("writer").publish("t", "5")
        #expect(back.takeAndAcknowledge().contains { $0.text == "5" })
        after.check()
        let again = after.crash()
        again.check()
        #expect(again.engine.statistics.storedMessages == again.engine.statistics.retainedMessages)
    }

    @Test func recordsOfANewerProgramAreCountedAndPassedOver() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        var writer = PageWriter()
        writer.beginRecord(kind: 200, version: 1)
        writer.append(string: "from the future")
        writer.endRecord()
        writer.beginRecord(kind: 9, version: 77)
        writer.endRecord()
        writer.beginRecord(kind: 9, version: 1)
        writer.append(UInt8(0xFF))
        writer.endRecord()
        let page = JournalPage(number: (harness.pages.last?.number ?? 0) + 1, bytes: writer.take())
        let after = EngineHarness(pages: harness.pages + [page], now: harness.now)
        #expect(after.summary?.unreadableRecords == 3)
        #expect(after.summary?.sessions == 1)
        after.check()
    }

    @Test func aRunCanBeRepeated() {
        func pages() -> [[UInt8]] {
            let harness = EngineHarness(seed: 77)
            let readers = (0..<5).map { index in
                let reader = harness.resume("reader\(index)")
                for filter in ["a/#", "a/+", "+/b", "$share/g/a/+", "$share/h/#"] {
                    reader.subscribe(filter, identifier: 1)
                }
                return reader
            }
            let writer = harness.connect("writer")
            for index in 0..<20 { writer.publish("a/b", "\(index)", retain: index % 3 == 0) }
            for reader in readers { reader.takeAndAcknowledge() }
            for reader in readers.prefix(3) { reader.disconnect(sessionExpiry: 0) }
            harness.advance(seconds: 4_000)
            return harness.pages.map(\.bytes)
        }
        #expect(pages() == pages())
    }
}
