import BrokerEngine
import Journal
import MQTTPackets
import NIOCore
import StateStore
import Testing

/// Commits: all of one is done, or nothing; what is committed never comes back.
@Suite struct CommitTests {
    let harness = EngineHarness()
    let worker: Peer
    let writer: Peer
    let reader: Peer

    init() {
        worker = Self.worker("worker", harness)
        writer = harness.connect("writer")
        reader = harness.resume("reader")
        reader.subscribe("out/#")
        for peer in [worker, writer, reader] { _ = peer.take() }
    }

    private static func worker(
        _ name: String,
        _ harness: EngineHarness,
        _ configure: (inout Connect) -> Void = { _ in }
    ) -> Peer {
        let peer = harness.resume(name) {
            Peer.extended(&$0)
            configure(&$0)
        }
        peer.subscribe("$share/g/in/#")
        peer.subscribe(peer.responseTopic)
        return peer
    }

    private func delivered() throws -> Publish { try #require(worker.takePublishes().first) }

    private func set(_ key: UInt8, _ value: UInt8) -> CommitOperation { .set(key: [key], value: [value]) }

    private func out(_ payload: String) -> CommitOperation {
        .publish(CommitMessage(topic: "out/1", payload: Array(payload.utf8)))
    }

    // MARK: Delivery facts

    @Test func aDeliverySaysWhatItIs() throws {
        let plain = harness.connect("plain")
        plain.subscribe("in/#")
        writer.publish("in/1", "x")
        let first = try delivered()
        #expect(first.user("martlet-id")?.isEmpty == false)
        #expect(first.user("martlet-attempt") == "1")
        #expect(plain.takePublishes().first?.properties.userProperties == [])
        worker.cut()
        let other = Self.worker("other", harness)
        let second = try #require(other.takePublishes().first)
        #expect(second.deliveryID == first.deliveryID)
        #expect(second.user("martlet-attempt") == "2")
        let after = harness.crash()
        let third = try #require(Self.worker("other", after).takePublishes().first)
        #expect(third.deliveryID == first.deliveryID)
        #expect(third.user("martlet-attempt") == "2", "as far as it was journaled")
    }

    @Test func aGracefulDisconnectBurnsNoAttempt() throws {
        writer.publish("in/1", "x")
        _ = try delivered()
        worker.disconnect()
        let again = try #require(Self.worker("worker", harness).takePublishes().first)
        #expect(again.user("martlet-attempt") == "1")
    }

    @Test func thePublishersOwnPropertyOfThatNameDoesNotCount() throws {
        var properties = PublishProperties()
        properties.userProperties = [UserProperty(name: "martlet-id", value: "forged")]
        properties.messageExpiryInterval = 60
        writer.publish("in/1", "x", properties: properties)
        let message = try delivered()
        #expect(message.user("martlet-id") != "forged")
        #expect(message.properties.userProperties.count == 3)
        #expect(message.text == "x")
    }

    @Test func whoCommitsIsShownOnlyWhatIsDurable() throws {
        harness.holdsPages = true
        writer.publish("in/1", "x")
        #expect(worker.takePublishes().isEmpty)
        harness.settle()
        #expect(worker.takePayloads() == ["x"])
        harness.check()
    }

    // MARK: Commits

    @Test func aCommitIsDoneWhole() throws {
        writer.publish("in/1", "x")
        let message = try delivered()
        worker.commit([.acknowledge(id: message.deliveryID), set(1, 7), out("y")])
        #expect(worker.takePubAcks().map(\.reasonCode) == [.success])
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        #expect(reader.takeAndAcknowledge().map(\.text) == ["y"])
        worker.request(.get(key: [1]))
        #expect(worker.takeAnswers().first?.text == "$1\r\n\u{7}\r\n")
        harness.check()
        worker.cut()
        #expect(
            Self.worker("other", harness).takePublishes().isEmpty,
            "it never comes back, though PUBACK was not sent"
        )
        let after = harness.crash()
        #expect(Self.worker("worker", after).takePublishes().isEmpty)
        #expect(after.engine.statistics.stateKeys == 1)
        after.check()
    }

    @Test func thePacketIdentifierIsInUseUntilPubAck() throws {
        let worker = Self.worker("small", harness) { $0.properties.receiveMaximum = 1 }
        self.worker.unsubscribe("$share/g/in/#")
        writer.publish("in/1", "x")
        writer.publish("in/1", "y")
        let message = try #require(worker.takePublishes().first)
        worker.commit([.acknowledge(id: message.deliveryID)])
        // One is the Receive Maximum: nothing, not even the answer, comes before the PUBACK.
        #expect(worker.takePublishes().isEmpty)
        worker.acknowledge(message)
        #expect(worker.takePublishes().count == 1)
        harness.check()
    }

    @Test func aCommitIsAnsweredAndSeenWhenItIsDurable() throws {
        writer.publish("in/1", "x")
        let message = try delivered()
        let plain = harness.connect("plain")
        plain.subscribe("out/#", qos: .atMostOnce)
        harness.holdsPages = true
        worker.commit([.acknowledge(id: message.deliveryID), set(1, 7), out("y")])
        #expect(worker.takeAnswers().isEmpty)
        #expect(worker.takePubAcks().isEmpty)
        #expect(reader.takePublishes().isEmpty && plain.takePublishes().isEmpty)
        harness.check()
        harness.settle()
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        #expect(worker.takePubAcks().count == 1)
        #expect(reader.takePayloads() == ["y"] && plain.takePayloads() == ["y"])
        harness.check()
    }

    @Test(arguments: [false, true])
    func aCrashLeavesAllOrNothing(_ isKept: Bool) throws {
        writer.publish("in/1", "x")
        let message = try delivered()
        harness.holdsPages = true
        worker.commit([.acknowledge(id: message.deliveryID), set(1, 7), out("y")])
        let after = harness.crash(keepingOutstanding: isKept)
        #expect(after.resume("reader").takePayloads() == (isKept ? ["y"] : []))
        #expect(Self.worker("worker", after).takePayloads() == (isKept ? [] : ["x"]))
        #expect(after.engine.statistics.stateKeys == (isKept ? 1 : 0))
        after.check()
    }

    @Test func aConflictRefusesAllOfIt() throws {
        writer.publish("in/1", "x")
        let message = try delivered()
        let id = message.deliveryID
        worker.commit([set(1, 1)])
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        let absent = CommitOperation.set(key: [1], value: [2], condition: .absent)
        worker.commit([.acknowledge(id: id), set(2, 2), absent, out("y")])
        guard case .refused(let refusal)? = worker.takeOutcomes().first else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.code == .conflict && refusal.index == 2)
        #expect(reader.takePublishes().isEmpty)
        #expect(harness.engine.statistics.stateKeys == 1)
        worker.commit([.acknowledge(id: id), .check(key: [1], version: nil)])
        #expect(worker.takeOutcomes().map(\.code) == [.conflict])
        worker.commit([.acknowledge(id: id), .check(key: [2], version: nil), set(1, 3)])
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        harness.check()
    }

    @Test func onlyTheHolderCommits() throws {
        writer.publish("in/1", "x")
        let id = try delivered().deliveryID
        let other = Self.worker("other", harness)
        other.commit([.acknowledge(id: id), set(1, 1)])
        #expect(other.takeOutcomes().map(\.code) == [.gone])
        worker.commit([.acknowledge(id: id)])
        worker.commit([.acknowledge(id: id), set(1, 1)], correlation: "again")
        let answers = worker.takeAnswers()
        #expect(answers.count == 2)
        #expect(answers.last?.text.contains("gone") == true)
        worker.commit([.acknowledge(id: Array("g1-zz".utf8))])
        #expect(worker.takeOutcomes().map(\.code) == [.gone])
        #expect(harness.engine.statistics.stateKeys == 0)
    }

    @Test func aZombieIsRefused() throws {
        writer.publish("in/1", "x")
        let id = try delivered().deliveryID
        let other = Self.worker("other", harness)
        worker.cut()
        #expect(other.takePublishes().count == 1)
        let zombie = harness.resume("worker", Peer.extended)
        zombie.commit([.acknowledge(id: id), set(1, 1)])
        #expect(zombie.takeOutcomes().map(\.code) == [.gone])
        other.commit([.acknowledge(id: id), set(1, 2)])
        #expect(other.takeOutcomes().map(\.isDone) == [true])
        harness.check()
    }

    @Test func aDeliveryOfAnOrdinarySubscriptionIsCommittedToo() throws {
        let own = harness.resume("own", Peer.extended)
        own.subscribe("own/#")
        own.subscribe(own.responseTopic)
        writer.publish("own/1", "1")
        writer.publish("own/2", "2")
        let messages = own.takePublishes()
        own.commit([.acknowledge(id: messages[0].deliveryID), set(1, 1)])
        #expect(own.takeOutcomes().map(\.isDone) == [true])
        own.commit([.acknowledge(id: messages[0].deliveryID)])
        #expect(own.takeOutcomes().map(\.code) == [.gone])
        harness.check()
        own.cut()
        let again = harness.resume("own", Peer.extended)
        let second = again.takePublishes().filter { $0.topic == "own/2" }
        #expect(second.map(\.deliveryID) == [messages[1].deliveryID])
        #expect(second.first?.user("martlet-attempt") == "2")
        harness.check()
        let after = harness.crash()
        #expect(after.resume("own", Peer.extended).takePublishes().map(\.topic) == ["own/2"])
        after.check()
    }

    @Test func severalCommitsAreOnOnePageAndEachByItself() throws {
        for number in 1...3 { writer.publish("in/\(number)", "\(number)") }
        let ids = worker.takePublishes().map(\.deliveryID)
        let page = harness.pages.count
        worker.commit(
            [.acknowledge(id: ids[0]), set(1, 1)],
            [.acknowledge(id: ids[1]), .set(key: [1], value: [1], condition: .absent)],
            [.acknowledge(id: ids[2]), set(2, 1)]
        )
        #expect(worker.takeOutcomes().map(\.isDone) == [true, false, true])
        #expect(harness.pages.count == page + 1)
        worker.cut()
        #expect(Self.worker("other", harness).takePayloads() == ["2"])
    }

    @Test func whatMakesNoSenseIsInvalid() throws {
        writer.publish("in/1", "x")
        let id = try delivered().deliveryID
        let cases: [([CommitOperation], CommitRefusalCode)] = [
            ([set(1, 1), .acknowledge(id: id)], .invalid),
            ([.acknowledge(id: id), .retry(id: id, delay: 1, reason: [])], .invalid),
            ([set(1, 1), set(1, 2)], .invalid),
            ([.publish(CommitMessage(topic: "$SYS/x", payload: []))], .unauthorized),
            ([.publish(CommitMessage(topic: StateStore.requestTopic, payload: []))], .unauthorized),
            ([.set(key: [], value: [])], .invalid),
        ]
        for (operations, code) in cases {
            worker.commit(operations)
            #expect(worker.takeOutcomes().map(\.code) == [code], "\(operations)")
        }
        #expect(harness.engine.statistics.stateKeys == 0)
    }

    @Test func aLimitRefusesBeforeAnythingIsDone() throws {
        let harness = EngineHarness { $0.limits.queuedMessagesPerGroup = 3 }
        let worker = Self.worker("worker", harness)
        let other = harness.resume("late")
        other.subscribe("$share/late/out/#")
        other.disconnect()
        harness.connect("writer").publish("in/1", "x")
        let id = try #require(worker.takePublishes().first).deliveryID
        let four = (1...4).map { out("\($0)") }
        worker.commit([.acknowledge(id: id), set(1, 1)] + four)
        guard case .refused(let refusal)? = worker.takeOutcomes().first else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.code == .quota && refusal.index == 5)
        #expect(harness.engine.statistics.stateKeys == 0)
        worker.commit([.acknowledge(id: id), set(1, 1)] + four.dropLast())
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        harness.check()
    }

    @Test func aMessageKeepsAllItsProperties() throws {
        var message = CommitMessage(topic: "out/1", payload: Array("y".utf8))
        message.retain = true
        message.expiry = 60
        message.contentType = "text/plain"
        message.payloadFormat = 1
        message.responseTopic = "r"
        message.correlationData = [1, 2]
        message.userProperties = [CommitUserProperty(name: "a", value: "b")]
        worker.commit([.publish(message)])
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        let came = try #require(reader.takePublishes().first)
        #expect(came.properties.messageExpiryInterval == 60)
        #expect(came.properties.contentType == "text/plain")
        #expect(came.properties.payloadFormatIndicator == 1)
        #expect(came.properties.responseTopic == "r")
        #expect(came.properties.correlationData == ByteBuffer(bytes: [1, 2]))
        #expect(came.properties.userProperties == [UserProperty(name: "a", value: "b")])
        let late = harness.crash().connect("late")
        late.subscribe("out/#")
        #expect(late.takePublishes().map(\.retain) == [true])
    }

    @Test func aRetainedMessageOfACommitIsNotSeenBeforeItIsDurable() {
        harness.holdsPages = true
        var message = CommitMessage(topic: "out/1", payload: Array("y".utf8))
        message.retain = true
        worker.commit([.publish(message)])
        let late = harness.connect("late")
        late.subscribe("out/#")
        let longer = harness.resume("longer")
        longer.subscribe("out/+")
        #expect(late.takePublishes().isEmpty && longer.takePublishes().isEmpty)
        harness.check()
        harness.settle()
        #expect(late.takePayloads() == ["y"] && longer.takePayloads() == ["y"])
        harness.check()
    }

    // MARK: Coming later

    @Test func aDeliveryThatIsPutOffComesAgainAtItsTime() throws {
        writer.publish("in/1", "x")
        writer.publish("in/2", "y")
        let messages = worker.takePublishes()
        worker.commit([.retry(id: messages[0].deliveryID, delay: 5_000, reason: Array("why".utf8))])
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        worker.acknowledge(messages[0])
        #expect(worker.takePublishes().isEmpty)
        harness.check()
        harness.advance(seconds: 4)
        #expect(worker.takePublishes().isEmpty)
        harness.advance(seconds: 2)
        let again = try delivered()
        #expect(again.deliveryID == messages[0].deliveryID)
        #expect(again.user("martlet-attempt") == "2")
        #expect(again.dup)
        harness.check()
    }

    @Test func whatIsPutOffIsSoAfterACrash() throws {
        writer.publish("in/1", "x")
        let id = try delivered().deliveryID
        worker.commit([.retry(id: id, delay: 60_000, reason: [])])
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        let after = harness.crash(downtime: 10_000)
        let again = Self.worker("worker", after)
        #expect(again.takePublishes().isEmpty)
        after.check()
        after.advance(seconds: 51)
        #expect(again.takePublishes().map { $0.user("martlet-attempt") } == ["2"])
    }

    @Test func aDelayOfNothingComesAtOnce() throws {
        writer.publish("in/1", "x")
        let id = try delivered().deliveryID
        for attempt in 2...4 {
            worker.commit([.retry(id: id, delay: 0, reason: [])])
            let came = worker.takePublishes()
            let again = came.first { $0.topic == "in/1" }
            #expect(again?.user("martlet-attempt") == "\(attempt)")
        }
        harness.check()
    }

    // MARK: A full journal

    @Test func aFullJournalRefusesCommitsAndUndoesNone() throws {
        writer.publish("in/1", "x")
        writer.publish("in/2", "y")
        let ids = worker.takePublishes().map(\.deliveryID)
        harness.capacity = harness.storedBytes
        worker.commit([.acknowledge(id: ids[0]), set(1, 1), out("1")])
        #expect(worker.takeAnswers().isEmpty && worker.takePubAcks().isEmpty, "nobody knows yet")
        #expect(reader.takePublishes().isEmpty)
        worker.commit([.acknowledge(id: ids[1]), set(2, 1)], correlation: "full")
        #expect(worker.takeOutcomes().map(\.code) == [.quota])
        harness.check()
        let crashed = harness.crash()
        #expect(Self.worker("worker", crashed).takePayloads() == ["x", "y"], "nothing of it is there")
        #expect(crashed.engine.statistics.stateKeys == 0)
    }

    @Test func aCommitOnAPageThatFailedIsDoneWhenThereIsRoom() throws {
        writer.publish("in/1", "x")
        let id = try delivered().deliveryID
        harness.capacity = harness.storedBytes
        harness.endsTurns = false
        _ = writer.takePubAcks()
        writer.publish("in/3", "refused")
        worker.commit([.acknowledge(id: id), set(1, 1), out("1")])
        harness.turn()
        harness.endsTurns = true
        #expect(writer.takePubAcks().map(\.reasonCode) == [.quotaExceeded])
        #expect(worker.takePublishes().isEmpty && worker.takePubAcks().isEmpty)
        harness.check()
        harness.capacity = .max
        harness.retryPage()
        harness.engine.setSpace(isEnough: true)
        harness.turn()
        #expect(worker.takePubAcks().map(\.reasonCode) == [.success])
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        #expect(reader.takePayloads() == ["1"])
        harness.check()
        let after = harness.crash()
        #expect(after.resume("reader").takePayloads() == ["1"])
        #expect(Self.worker("worker", after).takePublishes().isEmpty)
        after.check()
    }

    // MARK: Cleaning

    @Test func commitsSurviveCleaning() throws {
        let harness = EngineHarness { $0.limits.journalSlack = 3_000 }
        let worker = Self.worker("worker", harness)
        let writer = harness.connect("writer")
        let reader = harness.resume("reader")
        reader.subscribe("out/keep")
        for round in 0..<30 {
            writer.publish("in/1", String(repeating: "x", count: 100))
            let id = try #require(worker.takePublishes().first).deliveryID
            var operations: [CommitOperation] = [.acknowledge(id: id), set(UInt8(round % 4), UInt8(round))]
            if round < 3 { operations.append(.publish(CommitMessage(topic: "out/keep", payload: [UInt8(round)]))) }
            if round == 5 { operations.append(set(200, 5)) }
            worker.commit(operations)
            let answers = worker.takeAnswers()
            #expect(answers.count == 1)
            for _ in 0..<2 { harness.advance(seconds: 1) }
            harness.check()
        }
        #expect(harness.pages.first.map { $0.number > 10 } == true, "the first pages are gone")
        let after = harness.crash()
        after.check()
        #expect(after.engine.statistics.stateKeys == 5)
        #expect(after.resume("reader").takePublishes().map { Array($0.payload.readableBytesView) } == [[0], [1], [2]])
        #expect(Self.worker("worker", after).takePublishes().isEmpty)
    }
}
