import BrokerEngine
import MQTTPackets
import StateStore
import Testing

/// QoS 2 from the broker to a client (MQTT 5.0 §4.3.3): one handshake a message, over reconnects and crashes.
@Suite struct SentTests {
    private static func reader(_ harness: EngineHarness, receiveMaximum: UInt16? = nil) -> Peer {
        let reader = harness.resume("reader") { $0.properties.receiveMaximum = receiveMaximum }
        reader.subscribe("t/#", qos: .exactlyOnce)
        #expect(reader.subAck?.reasonCodes == [.grantedQoS2])
        return reader
    }

    private static func publish(_ harness: EngineHarness, _ range: ClosedRange<Int>) {
        let writer = harness.connect("writer")
        for index in range { writer.publish("t/\(index)", "\(index)", qos: .exactlyOnce) }
    }

    @Test(arguments: [
        (QoS.exactlyOnce, QoS.exactlyOnce, QoS.exactlyOnce), (.exactlyOnce, .atLeastOnce, .atLeastOnce),
        (.atLeastOnce, .exactlyOnce, .atLeastOnce), (.exactlyOnce, .atMostOnce, .atMostOnce),
        (.atMostOnce, .exactlyOnce, .atMostOnce),
    ])
    func theLowerQoSCounts(published: QoS, granted: QoS, delivered: QoS) {
        let harness = EngineHarness()
        let reader = harness.connect("reader")
        reader.subscribe("a", qos: granted)
        let sharing = harness.connect("sharing")
        sharing.subscribe("$share/g/a", qos: granted)
        harness.connect("writer").publish("a", qos: published)
        #expect(reader.takePublishes().map(\.qos) == [delivered])
        #expect(sharing.takePublishes().map(\.qos) == [delivered])
    }

    @Test(arguments: [true, false], [true, false])
    func theWholeHandshake(isOld: Bool, isPersistent: Bool) {
        let harness = EngineHarness()
        let reader =
            isOld
            ? harness.connectOld("reader", clean: !isPersistent)
            : isPersistent ? harness.resume("reader") : harness.connect("reader")
        reader.subscribe("t/#", qos: .exactlyOnce)
        #expect(reader.subAck?.reasonCodes == [.grantedQoS2])
        Self.publish(harness, 1...2)
        let publishes = reader.takePublishes()
        #expect(publishes.map(\.text) == ["1", "2"])
        #expect(publishes.map(\.dup) == [false, false])
        for publish in publishes { reader.confirm(publish) }
        #expect(reader.takePubRels().map(\.packetIdentifier) == publishes.compactMap(\.packetIdentifier))
        #expect(harness.engine.statistics.storedMessages == 2)
        for publish in publishes { reader.complete(publish.packetIdentifier ?? 0) }
        #expect(harness.engine.statistics.storedMessages == 0)
        #expect(harness.engine.statistics.acknowledged == 2)
        #expect(!reader.isClosed)
        harness.check()
    }

    @Test func aReconnectSendsPublishWhereNoPubRecCameAndPubRelWhereItDid() {
        let harness = EngineHarness()
        var reader = Self.reader(harness)
        Self.publish(harness, 1...4)
        let publishes = reader.takePublishes()
        for publish in publishes[0...2] { reader.confirm(publish) }
        #expect(reader.takePubRels().count == 3)
        reader.complete(publishes[0].packetIdentifier ?? 0)
        reader.cut()
        harness.check()
        reader = harness.resume("reader")
        #expect(reader.takePubRels().map(\.packetIdentifier) == publishes[1...2].compactMap(\.packetIdentifier))
        let again = reader.takePublishes()
        #expect(again.map(\.packetIdentifier) == [publishes[3].packetIdentifier])
        #expect(again.map(\.dup) == [true], "MQTT-3.3.1-1, MQTT-4.4.0-1")
        for publish in publishes[1...2] { reader.complete(publish.packetIdentifier ?? 0) }
        reader.confirm(publishes[3])
        reader.complete(publishes[3].packetIdentifier ?? 0)
        #expect(harness.engine.statistics.storedMessages == 0)
        harness.check()
    }

    @Test func aCrashChangesNothing() {
        var harness = EngineHarness()
        var reader = Self.reader(harness)
        Self.publish(harness, 1...4)
        let publishes = reader.takePublishes()
        for publish in publishes[0...1] { reader.confirm(publish) }
        reader.complete(publishes[0].packetIdentifier ?? 0)
        harness.settle()
        harness = harness.crash()
        harness.check()
        reader = harness.resume("reader")
        #expect(reader.takePubRels().map(\.packetIdentifier) == [publishes[1].packetIdentifier])
        #expect(reader.takePayloads() == ["3", "4"])
        harness.check()
    }

    @Test func nothingIsSentBeforeItIsDurable() {
        var harness = EngineHarness()
        var reader = Self.reader(harness)
        let other = harness.connect("other")
        other.subscribe("t/#", qos: .exactlyOnce)
        harness.holdsPages = true
        Self.publish(harness, 1...1)
        #expect(reader.takePublishes().isEmpty, "after a crash its packet identifier would be another message's")
        #expect(other.takePublishes().isEmpty)
        harness = harness.crash()
        reader = harness.resume("reader")
        Self.publish(harness, 2...2)
        #expect(reader.takePayloads() == ["2"])
        harness.check()
    }

    @Test func pubRelWaitsUntilPubRecIsDurable() {
        var harness = EngineHarness()
        var reader = Self.reader(harness)
        Self.publish(harness, 1...1)
        var publish = reader.takePublishes()[0]
        harness.holdsPages = true
        reader.confirm(publish)
        #expect(reader.takePubRels().isEmpty)
        reader.cut()
        reader = harness.resume("reader")
        #expect(reader.takePubRels().isEmpty, "not on a new connection either")
        harness = harness.crash()
        reader = harness.resume("reader")
        publish = reader.takePublishes()[0]
        #expect(publish.dup)
        harness.holdsPages = true
        reader.confirm(publish)
        harness.completePage()
        #expect(reader.takePubRels().map(\.packetIdentifier) == [publish.packetIdentifier])
        harness.check()
    }

    @Test func aRefusalEndsTheHandshake() {
        let harness = EngineHarness()
        let reader = Self.reader(harness, receiveMaximum: 1)
        Self.publish(harness, 1...2)
        let first = reader.takePublishes()
        #expect(first.map(\.text) == ["1"])
        reader.confirm(first[0], reason: .unspecifiedError)
        #expect(reader.takePubRels().isEmpty)
        #expect(reader.takePayloads() == ["2"])
        harness.check()
    }

    @Test func theWindowCountsUpToPubComp() {
        let harness = EngineHarness()
        var reader = Self.reader(harness, receiveMaximum: 2)
        Self.publish(harness, 1...4)
        let publishes = reader.takePublishes()
        #expect(publishes.map(\.text) == ["1", "2"])
        for publish in publishes { reader.confirm(publish) }
        #expect(reader.takePublishes().isEmpty)
        reader.complete(publishes[1].packetIdentifier ?? 0)
        #expect(reader.takePayloads() == ["3"])
        reader.cut()
        reader = harness.resume("reader") { $0.properties.receiveMaximum = 1 }
        #expect(reader.takePubRels().map(\.packetIdentifier) == [publishes[0].packetIdentifier])
        #expect(reader.takePublishes().isEmpty)
        reader.complete(publishes[0].packetIdentifier ?? 0)
        let third = reader.takePublishes()
        #expect(third.map(\.text) == ["3"])
        harness.check()
    }

    @Test func manyReleasesGoOutThoughTheNewWindowIsSmaller() {
        let harness = EngineHarness()
        var reader = Self.reader(harness)
        Self.publish(harness, 1...5)
        for publish in reader.takePublishes() { reader.confirm(publish) }
        reader.cut()
        reader = harness.resume("reader") { $0.properties.receiveMaximum = 1 }
        let releases = reader.takePubRels()
        #expect(releases.count == 5)
        harness.check()
        Self.publish(harness, 6...6)
        for release in releases { reader.complete(release.packetIdentifier) }
        #expect(reader.takePayloads() == ["6"])
        harness.check()
    }

    @Test func expiryDoesNotStopWhatHasBegun() {
        let harness = EngineHarness()
        var reader = Self.reader(harness)
        let writer = harness.connect("writer")
        let properties = PublishProperties(messageExpiryInterval: 1)
        for payload in ["a", "b"] { writer.publish("t/1", payload, qos: .exactlyOnce, properties: properties) }
        let publishes = reader.takePublishes()
        reader.confirm(publishes[0])
        reader.cut()
        writer.publish("t/1", "c", qos: .exactlyOnce, properties: properties)
        harness.advance(seconds: 5)
        reader = harness.resume("reader")
        #expect(reader.takePubRels().map(\.packetIdentifier) == [publishes[0].packetIdentifier])
        #expect(reader.takePayloads() == ["b"], "MQTT-3.3.2-5: the third was never begun")
        harness.check()
    }

    @Test func whatExpiredAndMayHaveBegunBeforeACrashIsReleased() {
        var harness = EngineHarness()
        var reader = Self.reader(harness, receiveMaximum: 1)
        let writer = harness.connect("writer")
        let properties = PublishProperties(messageExpiryInterval: 1)
        for payload in ["a", "b"] { writer.publish("t/1", payload, qos: .exactlyOnce, properties: properties) }
        let begun = reader.takePublishes()
        #expect(begun.map(\.text) == ["a"])
        harness = harness.crash(downtime: 5_000)
        harness.advance(seconds: 1)
        reader = harness.resume("reader")
        #expect(reader.takePublishes().isEmpty, "they are expired")
        let releases = reader.takePubRels()
        #expect(releases.first?.packetIdentifier == begun[0].packetIdentifier, "the client frees its identifier")
        for release in releases { reader.complete(release.packetIdentifier) }
        #expect(harness.engine.statistics.storedMessages == 0)
        #expect(!reader.isClosed)
        harness.check()
    }

    /// The end of a handshake made room for the next one, and a crash took that end back: more may have begun than the window has places.
    @Test func whatBeganInThePlaceOfAnotherBeforeACrashIsReleased() {
        var harness = EngineHarness { $0.limits.inflightPerSession = 1 }
        var reader = Self.reader(harness)
        let writer = harness.connect("writer")
        writer.publish("t/1", "a", qos: .exactlyOnce)
        let properties = PublishProperties(messageExpiryInterval: 1)
        writer.publish("t/1", "b", qos: .exactlyOnce, properties: properties)
        let first = reader.takePublishes()
        #expect(first.map(\.text) == ["a"])
        reader.confirm(first[0])
        harness.holdsPages = true
        reader.complete(first[0].packetIdentifier ?? 0)
        let begun = reader.takePublishes()
        #expect(begun.map(\.text) == ["b"])
        harness = harness.crash(downtime: 5_000)
        harness.advance(seconds: 1)
        reader = harness.resume("reader")
        #expect(reader.takePublishes().isEmpty, "it is expired")
        #expect(reader.takePubRels().map(\.packetIdentifier) == [first[0].packetIdentifier])
        reader.complete(first[0].packetIdentifier ?? 0)
        #expect(reader.takePubRels().map(\.packetIdentifier) == begun.map(\.packetIdentifier))
        harness.check()
    }

    @Test func whatBecameTooLargeIsReleased() {
        let harness = EngineHarness()
        var reader = Self.reader(harness)
        let writer = harness.connect("writer")
        writer.publish("t/1", String(repeating: "x", count: 200), qos: .exactlyOnce)
        let begun = reader.takePublishes()
        reader.cut()
        reader = harness.resume("reader") { $0.properties.maximumPacketSize = 100 }
        #expect(reader.takePublishes().isEmpty)
        #expect(reader.takePubRels().map(\.packetIdentifier) == begun.map(\.packetIdentifier))
        harness.check()
    }

    @Test func acknowledgementsOfTheWrongKindAreProtocolErrors() {
        let harness = EngineHarness()
        let wrong: [(QoS, (UInt16) -> Packet)] = [
            (.exactlyOnce, { .puback(PubAck(packetIdentifier: $0)) }),
            (.exactlyOnce, { .pubcomp(PubComp(packetIdentifier: $0)) }),
            (.atLeastOnce, { .pubrec(PubRec(packetIdentifier: $0)) }),
            (.atLeastOnce, { .pubcomp(PubComp(packetIdentifier: $0)) }),
        ]
        for (qos, packet) in wrong {
            for filter in ["t", "$share/g/t"] {
                let reader = harness.connect("reader")
                reader.subscribe(filter, qos: qos)
                harness.connect("writer").publish("t", qos: .exactlyOnce)
                let publishes = reader.takePublishes()
                #expect(publishes.map(\.qos) == [qos])
                reader.send(packet(publishes[0].packetIdentifier ?? 0))
                #expect(reader.disconnectReason == .protocolError)
                harness.check()
            }
        }
    }

    @Test func whatTheBrokerDoesNotKnowIsAnswered() {
        let harness = EngineHarness()
        let reader = Self.reader(harness)
        for identifier: UInt16 in [1, 9, 40_000] {
            reader.send(.pubrec(PubRec(packetIdentifier: identifier)))
            #expect(
                reader.takePubRels() == [PubRel(packetIdentifier: identifier, reasonCode: .packetIdentifierNotFound)]
            )
            reader.send(.pubrec(PubRec(packetIdentifier: identifier, reasonCode: .quotaExceeded)))
            reader.complete(identifier)
            #expect(reader.take().filter { $0.type != .suback && $0.type != .connack }.isEmpty)
        }
        #expect(!reader.isClosed)
        Self.publish(harness, 1...1)
        let publish = reader.takePublishes()[0]
        for _ in 1...2 { reader.confirm(publish) }
        #expect(reader.takePubRels().count == 2, "MQTT-4.3.3-4: each PUBREC is answered")
    }

    @Test func aRetainedMessageAndAWill() {
        let harness = EngineHarness()
        let dying = harness.connect("dying") { $0.will = Will(topic: "t/will", qos: .exactlyOnce) }
        harness.connect("writer").publish("t/1", "kept", qos: .exactlyOnce, retain: true)
        let reader = Self.reader(harness)
        let retained = reader.takePublishes()
        #expect(retained.map(\.qos) == [.exactlyOnce])
        #expect(retained.map(\.retain) == [true])
        dying.cut()
        #expect(reader.takePublishes().map(\.qos) == [.exactlyOnce])
        harness.check()
    }

    @Test func aFullJournalSendsNothingItCouldNotKeep() {
        var harness = EngineHarness()
        var dying = harness.connect("dying") { $0.will = Will(topic: "t/will", qos: .exactlyOnce) }
        harness.connect("writer").publish("t/1", "kept", qos: .exactlyOnce, retain: true)
        harness.engine.setSpace(isEnough: false)
        var reader = Self.reader(harness)
        #expect(reader.takePublishes().isEmpty)
        dying.cut()
        #expect(reader.takePublishes().isEmpty)
        harness.engine.setSpace(isEnough: true)
        dying = harness.connect("dying") { $0.will = Will(topic: "t/will", qos: .exactlyOnce) }
        harness.settle()
        harness.capacity = harness.storedBytes
        dying.cut()
        #expect(reader.takePublishes().isEmpty, "its page failed")
        harness.check()
        harness.capacity = .max
        harness.retryPage()
        harness.engine.setSpace(isEnough: true)
        Self.publish(harness, 2...2)
        #expect(reader.takePayloads() == ["2"])
        harness.check()
        harness = harness.crash()
        reader = harness.resume("reader")
        #expect(reader.takePayloads() == ["2"])
        harness.check()
    }

    @Test func confirmedDeliveriesAreMovedToTheTailOfTheJournal() {
        var harness = EngineHarness { $0.limits.journalSlack = 0 }
        var reader = Self.reader(harness)
        Self.publish(harness, 1...2)
        let publishes = reader.takePublishes()
        reader.confirm(publishes[0])
        let churning = harness.resume("churning")
        churning.subscribe("c")
        for _ in 1...200 {
            churning.publish("c", String(repeating: "x", count: 50))
            churning.takeAndAcknowledge()
        }
        #expect(harness.engine.firstLivePage > 100, "old pages were dropped")
        harness.check()
        harness = harness.crash()
        reader = harness.resume("reader")
        #expect(reader.takePubRels().map(\.packetIdentifier) == [publishes[0].packetIdentifier])
        #expect(reader.takePublishes().map(\.packetIdentifier) == [publishes[1].packetIdentifier])
        harness.check()
    }

    @Test func aCommitOfADeliveryIsTakenForPubRec() {
        var harness = EngineHarness()
        var worker = harness.resume("worker") { Peer.extended(&$0) }
        worker.subscribe(worker.responseTopic)
        worker.subscribe("t/#", qos: .exactlyOnce)
        Self.publish(harness, 1...1)
        let delivery = worker.takePublishes()[0]
        #expect(delivery.qos == .exactlyOnce)
        worker.commit([.acknowledge(id: delivery.deliveryID), .set(key: [1], value: [2], condition: .always)])
        #expect(worker.takeOutcomes().map(\.isDone) == [true])
        worker.commit([.acknowledge(id: delivery.deliveryID)])
        #expect(worker.takeOutcomes().map(\.code) == [.gone])
        harness.check()
        harness = harness.crash()
        worker = harness.resume("worker") { Peer.extended(&$0) }
        #expect(worker.takePublishes().isEmpty)
        #expect(worker.takePubRels().map(\.packetIdentifier) == [delivery.packetIdentifier])
        worker.confirm(delivery)
        worker.complete(delivery.packetIdentifier ?? 0)
        #expect(harness.engine.statistics.storedMessages == 0)
        harness.check()
    }

    @Test func workersShareAtQoS1() {
        let harness = EngineHarness()
        let worker = harness.resume("worker") { Peer.extended(&$0) }
        worker.subscribe("$share/g/t/#", qos: .exactlyOnce)
        #expect(worker.subAck?.reasonCodes == [.grantedQoS1])
        Self.publish(harness, 1...1)
        #expect(worker.takePublishes().map(\.qos) == [.atLeastOnce])
    }
}
