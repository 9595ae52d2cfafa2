import BrokerEngine
import MQTTPackets
import Testing

/// Answers wait until their page is durable, and only then, and only where something durable depends on them.
@Suite struct HeldAnswerTests {
    @Test func connAckOfANewPersistentSessionWaits() {
        let harness = EngineHarness()
        harness.holdsPages = true
        let peer = harness.resume("a")
        #expect(peer.take().isEmpty)
        harness.settle()
        #expect(peer.connAck?.reasonCode == .success)
        #expect(peer.connAck?.sessionPresent == false)
    }

    @Test func connAckOfAKnownSessionDoesNotWait() {
        let harness = EngineHarness()
        harness.resume("a").cut()
        harness.holdsPages = true
        #expect(harness.resume("a").connAck?.sessionPresent == true)
    }

    @Test func connAckWaitsWhileTheSessionIsNotDurableYet() {
        let harness = EngineHarness()
        harness.holdsPages = true
        harness.resume("a").cut()
        let again = harness.resume("a")
        #expect(again.connAck == nil, "after a crash the session would not be there")
        harness.settle()
        #expect(again.connAck?.sessionPresent == true)
    }

    @Test func connAckOfACleanStartWaitsForTheEndOfThePersistentSession() {
        let harness = EngineHarness()
        harness.resume("a").cut()
        harness.holdsPages = true
        let clean = harness.connect("a")
        #expect(clean.connAck == nil)
        harness.settle()
        #expect(clean.connAck?.sessionPresent == false)
    }

    @Test func connAckOfASessionThatDoesNotLastDoesNotWait() {
        let harness = EngineHarness()
        harness.holdsPages = true
        #expect(harness.connect("a").connAck?.reasonCode == .success)
    }

    @Test func nothingLeavesBeforeConnAck() {
        let harness = EngineHarness()
        harness.resume("a") { $0.properties.sessionExpiryInterval = 100 }.cut()
        harness.connect("writer").publish("t", retain: true)
        harness.holdsPages = true
        let peer = harness.connect("a") {
            $0.cleanStart = true
            $0.properties.sessionExpiryInterval = 100
        }
        peer.send(.pingreq)
        peer.subscribe("t", qos: .atMostOnce)
        peer.publish("nobody")
        #expect(peer.take().isEmpty)
        harness.settle()
        let came = peer.take()
        guard case .connack = came.first else {
            Issue.record("CONNACK is not the first packet: \(came)")
            return
        }
        #expect(came.contains(.pingresp))
        #expect(came.contains { if case .puback = $0 { true } else { false } })
    }

    @Test func noDisconnectBeforeConnAck() {
        let harness = EngineHarness()
        harness.holdsPages = true
        let peer = harness.resume("a")
        peer.send(bytes: [0xF0, 0x02, 0x18, 0x00])
        #expect(peer.isClosed)
        #expect(peer.take().isEmpty, "MQTT-3.14.0-1")
    }

    @Test func nothingFollowsDisconnect() {
        let harness = EngineHarness()
        let peer = harness.resume("a")
        peer.subscribe("t")
        _ = peer.take()
        harness.holdsPages = true
        harness.endsTurns = false
        peer.publish("t")
        harness.turn()
        #expect(harness.outstanding != nil)
        peer.send(bytes: [0xF0, 0x02, 0x18, 0x00])
        harness.completePage()
        harness.turn()
        guard case .disconnect? = peer.take().last else {
            Issue.record("DISCONNECT is not the last packet")
            return
        }
    }

    @Test func subAckAndUnsubAckOfAPersistentSessionWait() {
        let harness = EngineHarness()
        let peer = harness.resume("a")
        _ = peer.take()
        harness.holdsPages = true
        peer.subscribe("t")
        #expect(peer.subAck == nil)
        harness.settle()
        #expect(peer.subAck?.reasonCodes == [.grantedQoS1])
        peer.unsubscribe("t")
        #expect(peer.unsubAck == nil)
        harness.settle()
        #expect(peer.unsubAck?.reasonCodes == [.success])
    }

    @Test func subAckThatChangedNothingDoesNotWaitForAPageThatNobodyWrites() {
        let harness = EngineHarness()
        let peer = harness.resume("a")
        peer.subscribe("t/#/u")
        #expect(peer.subAck?.reasonCodes == [.topicFilterInvalid])
        peer.unsubscribe("other")
        #expect(peer.unsubAck?.reasonCodes == [.noSubscriptionExisted])
    }

    @Test func pubAckWaitsForADurableSubscriberOnly() {
        let harness = EngineHarness()
        let durable = harness.resume("durable")
        durable.subscribe("durable/#")
        let fleeting = harness.connect("fleeting")
        fleeting.subscribe("#")
        let writer = harness.connect("writer")
        _ = writer.take()
        harness.holdsPages = true
        writer.publish("other")
        #expect(writer.takePubAcks().count == 1)
        writer.publish("durable/1")
        #expect(writer.takePubAcks().isEmpty)
        #expect(fleeting.takePublishes().count == 2, "a delivery does not wait")
        #expect(durable.takePublishes().count == 1)
        harness.settle()
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success])
    }

    @Test func pubAcksKeepTheOrderOfTheirPublishes() {
        let harness = EngineHarness()
        let durable = harness.resume("durable")
        durable.subscribe("durable/#")
        let writer = harness.connect("writer")
        _ = writer.take()
        harness.holdsPages = true
        let identifiers = ["durable/1", "nobody", "durable/2", "nobody", "durable/3"].map { writer.publish($0) }
        #expect(writer.takePubAcks().isEmpty)
        harness.completePage()
        harness.turn()
        harness.settle()
        let acknowledgements = writer.takePubAcks()
        #expect(acknowledgements.map(\.packetIdentifier) == identifiers)
        #expect(
            acknowledgements.map(\.reasonCode) == [
                .success, .noMatchingSubscribers, .success, .noMatchingSubscribers, .success,
            ]
        )
    }

    @Test func pubAckOfARetainedMessageWaits() {
        let harness = EngineHarness()
        let writer = harness.connect("writer")
        harness.holdsPages = true
        writer.publish("t", "x", retain: true)
        #expect(writer.takePubAcks().isEmpty)
        harness.settle()
        #expect(writer.takePubAcks().count == 1)
        writer.publish("t", retain: true)
        #expect(writer.takePubAcks().isEmpty)
        harness.settle()
        #expect(writer.takePubAcks().count == 1)
    }

    @Test func clearingWhatIsNotRetainedDoesNotWaitForAPageThatNobodyWrites() {
        let harness = EngineHarness()
        let writer = harness.connect("writer")
        writer.publish("t", retain: true)
        #expect(writer.takePubAcks().count == 1)
    }

    @Test func withoutJournalNothingWaits() {
        let harness = EngineHarness(journaling: false)
        let peer = harness.resume("a")
        #expect(peer.connAck != nil)
        peer.subscribe("t")
        #expect(peer.subAck != nil)
        peer.publish("t", retain: true)
        #expect(peer.takePubAcks().count == 1)
    }
}
