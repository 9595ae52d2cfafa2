import BrokerEngine
import MQTTPackets
import NIOCore
import Testing

/// A journal that takes nothing: new messages are refused, what is there is served, and nothing acknowledged is lost.
@Suite struct FullJournalTests {
    let harness = EngineHarness()
    let reader: Peer
    let writer: Peer

    init() {
        reader = harness.resume("reader") { $0.properties.receiveMaximum = 1 }
        reader.subscribe("t/#")
        writer = harness.connect("writer")
        writer.publish("t/1", "1")
        _ = writer.take()
    }

    private func fill() { harness.capacity = harness.storedBytes }

    private func empty() {
        harness.capacity = .max
        harness.retryPage()
        harness.engine.setSpace(isEnough: true)
        harness.turn()
    }

    @Test func theMessagesOfThePageAreRefused() {
        fill()
        writer.publish("t/1", "2")
        writer.publish("t/1", "3")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.quotaExceeded, .quotaExceeded])
        #expect(harness.isRefusing)
        #expect(reader.takeAndAcknowledge().map(\.text) == ["1"], "what was refused is not sent")
        #expect(harness.engine.statistics.storedMessages == 0)
        harness.check()
    }

    @Test func aRefused311PublisherIsCutOff() {
        let old = harness.connectOld("old")
        fill()
        old.publish("t/1", "2")
        #expect(old.isClosed)
        harness.check()
    }

    @Test func whatNeedsNoJournalGoesOn() {
        let fleeting = harness.connect("fleeting")
        fleeting.subscribe("f")
        fill()
        writer.publish("t/1", "2")
        writer.publish("f", "3")
        writer.publish("nobody", "4")
        #expect(fleeting.takePayloads() == ["3"])
        #expect(writer.takePubAcks().map(\.reasonCode) == [.quotaExceeded, .success, .noMatchingSubscribers])
        writer.publish("f", "5", retain: true)
        #expect(writer.takePubAcks().map(\.reasonCode) == [.quotaExceeded])
        harness.check()
    }

    @Test func itGoesOnWhenThereIsSpaceAgain() {
        fill()
        writer.publish("t/1", "2")
        #expect(reader.takePayloads() == ["1"])
        harness.retryPage()
        #expect(harness.isRefusing)
        empty()
        #expect(!harness.isRefusing)
        writer.publish("t/1", "3")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.quotaExceeded, .success])
        let back = harness.crash().resume("reader")
        #expect(back.takeAndAcknowledge().map(\.text) == ["1", "3"])
    }

    @Test func acknowledgementsAreNotLost() {
        fill()
        writer.publish("t/1", "2")
        reader.takeAndAcknowledge()
        empty()
        let after = harness.crash()
        #expect(after.resume("reader").takePayloads().isEmpty)
        #expect(after.engine.statistics.storedMessages == 0)
        after.check()
    }

    @Test func aCrashWhileItIsFullLosesNothing() {
        fill()
        writer.publish("t/1", "2")
        #expect(harness.crash().resume("reader").takePayloads() == ["1"])
    }

    @Test func subscriptionsWaitForSpace() {
        fill()
        reader.subscribe("u")
        #expect(
            reader.inbox.contains { if case .suback(let answer) = $0 { answer.packetIdentifier == 2 } else { false } }
                == false
        )
        let new = harness.resume("new")
        #expect(new.connAck == nil)
        empty()
        #expect(reader.subAck?.packetIdentifier == 2)
        #expect(new.connAck?.reasonCode == .success)
        #expect(harness.crash().engine.statistics.subscriptions == 2)
    }

    @Test func refusalsDoNotOvertakeConnAck() {
        fill()
        harness.endsTurns = false
        let new = harness.resume("new")
        new.publish("t/1", "x")
        harness.turn()
        #expect(new.take().isEmpty)
        harness.endsTurns = true
        empty()
        let came = new.take()
        guard case .connack = came.first, case .puback(let acknowledgement) = came.last else {
            Issue.record("\(came)")
            return
        }
        #expect(acknowledgement.reasonCode == .quotaExceeded)
        harness.check()
    }

    @Test func theEarlyWarningRefusesBeforeItIsFull() {
        harness.engine.setSpace(isEnough: false)
        writer.publish("t/1", "2")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.quotaExceeded])
        reader.takeAndAcknowledge()
        reader.subscribe("u")
        #expect(reader.subAck?.packetIdentifier == 2, "small facts still go to the journal")
        harness.engine.setSpace(isEnough: true)
        writer.publish("t/1", "3")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success])
        harness.check()
    }

    @Test func cleaningGoesOnAfterTheEarlyWarning() {
        let harness = EngineHarness { $0.limits.journalSlack = 2_000 }
        let reader = harness.resume("reader")
        reader.subscribe("t")
        let writer = harness.connect("writer")
        harness.engine.setSpace(isEnough: true)
        for _ in 0..<30 { writer.publish("t", String(repeating: "x", count: 100)) }
        harness.engine.setSpace(isEnough: false)
        #expect(harness.storedBytes > 2_000)
        reader.takeAndAcknowledge()
        for _ in 0..<20 { harness.advance(seconds: 1) }
        #expect(harness.storedBytes < 2_500, "the session's record, on the first page, was moved to the tail")
        #expect(harness.crash().engine.statistics.subscriptions == 1)
    }

    @Test func aRetainedMessageThatIsRefusedDoesNotTakeThePlaceOfTheOldOne() {
        writer.publish("r", "old", retain: true)
        writer.publish("new", "", retain: true)
        fill()
        harness.endsTurns = false
        writer.publish("r", "new", retain: true)
        writer.publish("r", "newer", retain: true)
        writer.publish("new", "new", retain: true)
        harness.turn()
        harness.endsTurns = true
        #expect(writer.takePubAcks().suffix(3).map(\.reasonCode) == Array(repeating: .quotaExceeded, count: 3))
        let late = harness.connect("late")
        late.subscribe("#", qos: .atMostOnce)
        #expect(late.takePayloads() == ["old"])
        harness.check()
        empty()
        let after = harness.crash()
        let later = after.connect("later")
        later.subscribe("#", qos: .atMostOnce)
        #expect(later.takePayloads() == ["old"])
        after.check()
    }

    @Test(arguments: [QoS.atLeastOnce, .exactlyOnce])
    func aCopyOfARetainedMessageStandsWithItThoughItsOwnPageFails(qos: QoS) {
        let late = harness.resume("late")
        harness.holdsPages = true
        writer.publish("r", "kept", qos: qos, retain: true)
        late.subscribe("r", qos: .atLeastOnce)
        harness.completePage()
        harness.turn()
        harness.failPage(isFull: true)
        harness.holdsPages = false
        empty()
        #expect(late.takeAndAcknowledge().map(\.text) == ["kept"])
        harness.check()
    }

    @Test func aCopyOfARetainedMessageFailsWithIt() {
        let late = harness.resume("late")
        harness.holdsPages = true
        // Nobody may see one of QoS 2 before its page is durable.
        writer.publish("r", "lost", qos: .exactlyOnce, retain: true)
        late.subscribe("r", qos: .atLeastOnce)
        harness.failPage(isFull: true)
        harness.holdsPages = false
        empty()
        #expect(late.takeAndAcknowledge().isEmpty)
        #expect(writer.takePubRecs().map(\.reasonCode) == [.quotaExceeded])
        harness.check()
    }

    @Test func aWillIsSentThoughItCannotBeKept() {
        let dying = harness.connect("dying") {
            $0.will = Will(topic: "t/w", payload: ByteBuffer(string: "gone"), qos: .atLeastOnce)
        }
        fill()
        dying.cut()
        #expect(reader.takeAndAcknowledge().map(\.text) == ["1", "gone"])
        harness.check()
    }

    @Test func anyOtherFailureAnswersNobody() {
        harness.holdsPages = true
        writer.publish("t/1", "2")
        harness.failPage(isFull: false)
        harness.turn()
        #expect(writer.takePubAcks().isEmpty)
        #expect(harness.outstanding == nil)
        reader.subscribe("u")
        #expect(harness.outstanding == nil)
        #expect(reader.subAck?.packetIdentifier == 1)
    }
}
