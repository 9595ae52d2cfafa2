import BrokerEngine
import MQTTPackets
import NIOCore
import Testing

/// Queues of sessions: order, windows, redelivery (MQTT 5.0 §4.4, §4.6, §4.9).
@Suite struct QueueTests {
    @Test func whatComesWhileAClientIsAwayWaits() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.cut()
        let writer = harness.connect("writer")
        for index in 1...100 { writer.publish("t", "\(index)") }
        writer.publish("t", "lost", qos: .atMostOnce)
        let back = harness.resume("reader")
        #expect(back.takeAndAcknowledge().map(\.text) == (1...100).map(String.init))
        #expect(harness.engine.statistics.storedMessages == 0)
        #expect(harness.engine.statistics.droppedQoS0 == 1)
        harness.check()
    }

    @Test(arguments: [1, 2, 7] as [UInt16])
    func receiveMaximumOfTheClientIsKept(most: UInt16) {
        let harness = EngineHarness()
        let reader = harness.connect("reader") { $0.properties.receiveMaximum = most }
        reader.subscribe("t")
        reader.subscribe("$share/g/t")
        let writer = harness.connect("writer")
        for index in 1...20 { writer.publish("t", "\(index)") }
        var seen = 0
        while true {
            let some = reader.takePublishes()
            if some.isEmpty { break }
            #expect(some.count <= Int(most), "MQTT-3.3.4-9")
            seen += some.count
            for publish in some.reversed() { reader.acknowledge(publish) }
        }
        #expect(seen == 40)
        harness.check()
    }

    @Test func qos0DoesNotCountAgainstReceiveMaximum() {
        let harness = EngineHarness()
        let reader = harness.connect("reader") { $0.properties.receiveMaximum = 1 }
        reader.subscribe("t")
        let writer = harness.connect("writer")
        writer.publish("t", "1")
        writer.publish("t", "2")
        writer.publish("t", "3", qos: .atMostOnce)
        #expect(reader.takePayloads() == ["1", "3"])
    }

    @Test func whatWasNotAcknowledgedComesAgainInOrderWithTheSameIdentifiers() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("t")
        let writer = harness.connect("writer")
        for index in 1...5 { writer.publish("t", "\(index)") }
        let first = reader.takePublishes()
        reader.acknowledge(first[1])
        reader.acknowledge(first[3])
        reader.cut()
        writer.publish("t", "6")
        let second = harness.resume("reader").takePublishes()
        #expect(second.map(\.text) == ["1", "3", "5", "6"])
        #expect(second.map(\.dup) == [true, true, true, false])
        let identifiers = [0, 2, 4].map { first[$0].packetIdentifier }
        #expect(second.prefix(3).map(\.packetIdentifier) == identifiers, "MQTT-4.4.0-1")
        #expect(Set(second.map(\.packetIdentifier)).count == 4)
    }

    @Test func whatWasNotSentYetHasNoDup() {
        let harness = EngineHarness()
        let reader = harness.resume("reader") { $0.properties.receiveMaximum = 1 }
        reader.subscribe("t")
        let writer = harness.connect("writer")
        writer.publish("t", "1")
        writer.publish("t", "2")
        reader.cut()
        let again = harness.resume("reader").takePublishes()
        #expect(again.map(\.dup) == [true, false])
    }

    @Test func identifiersAreNotUsedAgainWhileInFlight() {
        let harness = EngineHarness()
        let reader = harness.connect("reader") { $0.properties.receiveMaximum = 3 }
        reader.subscribe("t")
        reader.subscribe("$share/g/t")
        let writer = harness.connect("writer")
        var stuck = Set<UInt16>()
        writer.publish("t", "stuck")
        for publish in reader.takePublishes() { stuck.insert(publish.packetIdentifier ?? 0) }
        #expect(stuck.count == 2)
        // More than there are identifiers of one kind.
        for round in 0..<33_000 {
            writer.publish("t", "\(round)")
            for publish in reader.takePublishes() {
                #expect(!stuck.contains(publish.packetIdentifier ?? 0))
                if publish.packetIdentifier.map({ !stuck.contains($0) }) == true { reader.acknowledge(publish) }
            }
            _ = writer.take()
        }
        #expect(reader.error == nil)
    }

    @Test func aSlowSocketGetsNothingAndHoldsUpNobody() {
        let harness = EngineHarness()
        let slow = harness.connect("slow")
        slow.subscribe("t")
        let quick = harness.connect("quick")
        quick.subscribe("t")
        harness.setWritable(false, slow)
        let writer = harness.connect("writer")
        writer.publish("t", "1")
        writer.publish("t", "2", qos: .atMostOnce)
        #expect(writer.takePubAcks().count == 1)
        #expect(quick.takePayloads() == ["1", "2"])
        #expect(slow.takePublishes().isEmpty)
        harness.setWritable(true, slow)
        #expect(slow.takePayloads() == ["1"])
        #expect(harness.engine.statistics.droppedQoS0 == 1)
    }

    @Test func theOutputIsBoundedAndGoesOn() {
        let harness = EngineHarness { $0.limits.outputBytesPerConnection = 1_000 }
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.cut()
        let writer = harness.connect("writer")
        for index in 1...50 { writer.publish("t", "\(index) " + String(repeating: "x", count: 200)) }
        #expect(harness.resume("reader").takePublishes().count == 50)
    }

    @Test func aMessageIsKeptOnceForAllItsReceivers() {
        let harness = EngineHarness()
        let readers = (0..<10).map { index in
            let reader = harness.resume("reader\(index)")
            reader.subscribe("t/#")
            return reader
        }
        harness.connect("writer").publish("t/1", String(repeating: "x", count: 1_000))
        #expect(harness.engine.statistics.storedMessages == 1)
        #expect(harness.engine.statistics.storedBytes < 1_100)
        for reader in readers { reader.takeAndAcknowledge() }
        #expect(harness.engine.statistics.storedMessages == 0)
    }

    @Test func whatIsTooLargeForAClientIsLeftOut() {
        let harness = EngineHarness()
        let reader = harness.connect("reader") { $0.properties.maximumPacketSize = 60 }
        reader.subscribe("t")
        let writer = harness.connect("writer")
        writer.publish("t", String(repeating: "x", count: 100))
        writer.publish("t", String(repeating: "x", count: 100), qos: .atMostOnce)
        writer.publish("t", "small")
        #expect(reader.takePayloads() == ["small"], "MQTT-3.1.2-24, MQTT-3.1.2-25")
        #expect(harness.engine.statistics.droppedTooLarge == 2)
        #expect(harness.engine.statistics.storedMessages == 1)
    }

    @Test(arguments: 0..<20)
    func theMaximumPacketSizeIsExact(extra: Int) {
        let harness = EngineHarness()
        let reader = harness.connect("reader") { $0.properties.maximumPacketSize = 130 }
        reader.subscribe("t", identifier: 200)
        let writer = harness.connect("writer")
        let expiry = PublishProperties(messageExpiryInterval: 50)
        writer.publish("t", String(repeating: "x", count: 100 + extra), properties: expiry)
        writer.publish("t", String(repeating: "x", count: 100 + extra))
        for publish in reader.takePublishes() {
            #expect(Packet.publish(publish).encodedSize(version: .v5) <= 130)
        }
        let fits = { (publish: Publish) in Packet.publish(publish).encodedSize(version: .v5) <= 130 }
        let body = Publish(
            qos: .atLeastOnce,
            topic: "t",
            packetIdentifier: 1,
            properties: PublishProperties(subscriptionIdentifiers: [200]),
            payload: .init(repeating: 0, count: 100 + extra)
        )
        var expiring = body
        expiring.properties.messageExpiryInterval = 50
        let dropped = [body, expiring].filter { !fits($0) }.count
        #expect(harness.engine.statistics.droppedTooLarge == UInt64(dropped))
    }
}
