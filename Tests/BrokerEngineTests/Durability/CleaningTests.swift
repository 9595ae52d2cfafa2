import BrokerEngine
import Journal
import MQTTPackets
import NIOCore
import Testing

/// Pages are dropped when nothing on them is alive, and old ones with little alive are copied to the tail.
@Suite struct CleaningTests {
    private static func harness(_ configure: (inout EngineLimits) -> Void = { _ in }) -> EngineHarness {
        EngineHarness {
            $0.limits.journalSlack = 0
            configure(&$0.limits)
        }
    }

    private static func idle(_ harness: EngineHarness, turns: Int = 50) {
        for _ in 0..<turns { harness.advance(seconds: 1) }
    }

    @Test func deadPagesAreDropped() {
        let harness = Self.harness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        let writer = harness.connect("writer")
        for _ in 0..<200 {
            writer.publish("t", String(repeating: "x", count: 200))
            reader.takeAndAcknowledge()
        }
        #expect(harness.pages.count < 20)
        #expect(harness.storedBytes < 5_000)
        let after = harness.crash()
        #expect(after.engine.statistics.subscriptions == 1)
        #expect(after.engine.statistics.storedMessages == 0)
        harness.check()
    }

    @Test func anIdleBrokerWritesNothing() {
        let harness = Self.harness { $0.cleaningRetrySeconds = 1 }
        let reader = harness.resume("reader") {
            $0.will = Will(topic: "w", payload: .init(repeating: 1, count: 10_000))
        }
        for index in 0..<50 { reader.subscribe("a/\(index)") }
        reader.subscribe("t")
        reader.subscribe("$share/g/t")
        let others = (0..<40).map { index in
            let other = harness.resume("other\(index)")
            other.subscribe("t")
            return other
        }
        for other in others { other.cut() }
        harness.connect("writer").publish("t", "x", retain: true)
        Self.idle(harness)
        let last = harness.pages.last?.number
        Self.idle(harness)
        #expect(harness.pages.last?.number == last)
        harness.check()
    }

    @Test(arguments: [1, 200, 1 << 20])
    func whatIsAliveIsMoved(bytesPerTurn: Int) {
        let harness = Self.harness { $0.cleaningBytesPerTurn = bytesPerTurn }
        let reader = harness.resume("reader") {
            $0.properties.receiveMaximum = 5
            $0.will = Will(topic: "w")
        }
        reader.subscribe("t/#", identifier: 5)
        reader.subscribe("$share/g/s")
        let writer = harness.connect("writer")
        writer.publish("t/r", "retained", retain: true)
        writer.publish("t/stays", "stays")
        writer.publish("s", "shared")
        let held = reader.takePublishes()
        let first = harness.pages.first?.number ?? 0
        let busy = harness.resume("busy")
        busy.subscribe("b")
        for _ in 0..<100 {
            writer.publish("b", String(repeating: "x", count: 300))
            busy.takeAndAcknowledge()
            harness.check()
        }
        Self.idle(harness, turns: 400)
        #expect((harness.pages.first?.number ?? 0) > first + 50)
        let before = EngineDescription(harness.engine)
        let after = harness.crash()
        var expected = before
        expected.sessions["writer"] = nil
        for name in ["reader", "busy"] { expected.sessions[name]?.loseConnection(at: after.engine.now) }
        #expect(EngineDescription(after.engine) == expected)
        #expect(Set(after.resume("reader").takePayloads()) == Set(held.map(\.text)))
        after.check()
    }

    @Test(arguments: [true, false])
    func aCrashBetweenCopyAndDropChangesNothing(isKept: Bool) {
        let harness = Self.harness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.cut()
        let other = harness.resume("other")
        other.subscribe("t")
        let writer = harness.connect("writer")
        writer.publish("t", "1", retain: true)
        writer.publish("t", "2")
        let received = other.takePublishes()
        other.acknowledge(received[0])
        harness.holdsPages = true
        for round in 0..<60 {
            writer.publish("t", "\(round + 3)")
            other.takeAndAcknowledge()
            harness.completePage()
            harness.turn()
            let before = EngineHarness(pages: harness.pages, now: harness.now)
            before.check()
            #expect(before.resume("reader").takePayloads().first == "1")
        }
        let after = harness.crash(keepingOutstanding: isKept)
        after.check()
        #expect(after.resume("other").takePayloads().first == "2")
        #expect(after.engine.statistics.retainedMessages == 1)
    }

    @Test func aMessageThatOnlyFleetingReceiversHaveDoesNotKeepItsPage() {
        let harness = Self.harness()
        let fleeting = harness.connect("fleeting") { $0.properties.receiveMaximum = 1 }
        fleeting.subscribe("t")
        let reader = harness.resume("reader")
        reader.subscribe("t")
        let writer = harness.connect("writer")
        for index in 1...3 { writer.publish("t", "\(index)") }
        reader.takeAndAcknowledge()
        for _ in 0..<50 {
            writer.publish("t", "more")
            reader.takeAndAcknowledge()
        }
        Self.idle(harness)
        let last = harness.pages.last?.number
        Self.idle(harness)
        #expect(harness.pages.last?.number == last, "it is not read and read again")
        #expect(harness.storedBytes < 4_000)
        #expect(fleeting.takeAndAcknowledge().count == 53)
        harness.check()
    }

    @Test func aGroupThatHasItIsToldFromOneThatHasNot() {
        let harness = Self.harness()
        let durable = harness.resume("durable")
        durable.subscribe("$share/a/t")
        let late = harness.connect("late") { $0.properties.receiveMaximum = 1 }
        late.subscribe("$share/b/t")
        let writer = harness.connect("writer")
        // Both groups have them, only the first is named in the journal.
        for index in 1...3 { writer.publish("t", "\(index)") }
        durable.takeAndAcknowledge()
        // Now the second one is durable as well, and has what the first is done with.
        let lasting = harness.resume("lasting") { $0.properties.receiveMaximum = 1 }
        lasting.subscribe("$share/b/t")
        let busy = harness.resume("busy")
        busy.subscribe("busy")
        for _ in 0..<100 {
            writer.publish("busy", String(repeating: "x", count: 300))
            busy.takeAndAcknowledge()
        }
        Self.idle(harness)
        harness.check()
        let after = harness.crash()
        #expect(after.resume("durable").takePayloads().isEmpty, "it had acknowledged them")
    }

    @Test func aPageThatCannotBeReadIsTriedAgainLater() {
        let harness = Self.harness()
        let reader = harness.resume("reader")
        reader.subscribe("a")
        reader.subscribe("b")
        reader.subscribe("c")
        reader.cut()
        harness.holdsReads = true
        let busy = harness.resume("busy")
        busy.subscribe("busy")
        let writer = harness.connect("writer")
        for _ in 0..<50 {
            writer.publish("busy", String(repeating: "x", count: 300))
            busy.takeAndAcknowledge()
        }
        #expect(harness.wantedPage != nil)
        let count = harness.pages.count
        harness.completeRead(succeeding: false)
        harness.turn()
        #expect(harness.wantedPage == nil, "it is tried again later")
        harness.advance(seconds: 61)
        #expect(harness.wantedPage != nil)
        harness.holdsReads = false
        harness.completeRead()
        Self.idle(harness)
        // What is dead goes with the next page.
        writer.publish("busy")
        #expect(harness.pages.count < count / 2)
        harness.check()
    }

    @Test func aSessionWithManySubscriptionsIsMovedOneByOne() {
        let harness = Self.harness { $0.cleaningBytesPerTurn = 2_000 }
        let reader = harness.resume("reader")
        harness.endsTurns = false
        for index in 0..<300 { reader.subscribe("a/\(index)") }
        harness.turn()
        harness.endsTurns = true
        let busy = harness.resume("busy")
        busy.subscribe("busy")
        let writer = harness.connect("writer")
        var largest = 0
        for _ in 0..<150 {
            writer.publish("busy", String(repeating: "x", count: 500))
            busy.takeAndAcknowledge()
            largest = max(largest, harness.pages.last?.bytes.count ?? 0)
        }
        #expect(largest < 3_500, "a bounded amount a turn")
        #expect(harness.crash().engine.statistics.subscriptions == 301)
        harness.check()
    }

    @Test func whatWasCopiedToAPageThatFailsIsNotLost() {
        let harness = Self.harness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.cut()
        let writer = harness.connect("writer")
        for index in 1...5 { writer.publish("t", "\(index)") }
        let busy = harness.resume("busy")
        busy.subscribe("busy")
        harness.holdsPages = true
        for _ in 0..<40 {
            writer.publish("busy", String(repeating: "x", count: 300))
            busy.takeAndAcknowledge()
            harness.failPage(isFull: true)
            harness.turn()
            harness.check()
            harness.retryPage()
            harness.completePage()
            harness.engine.setSpace(isEnough: true)
            harness.turn()
            harness.settle()
            harness.check()
            let after = EngineHarness(pages: harness.pages, now: harness.now)
            #expect(after.resume("reader").takePayloads() == ["1", "2", "3", "4", "5"])
        }
    }
}
