import BrokerEngine
import MQTTPackets
import Testing

/// Every bound of ``EngineLimits`` and what happens past it.
@Suite struct LimitTests {
    @Test func connections() {
        let harness = EngineHarness { $0.limits.connections = 2 }
        let first = harness.connect("a")
        _ = harness.connect("b")
        #expect(harness.open("c") == nil)
        first.cut()
        #expect(harness.open("c") != nil)
    }

    @Test func sessions() {
        let harness = EngineHarness { $0.limits.sessions = 2 }
        _ = harness.connect("a")
        harness.resume("b").cut()
        let third = harness.connect("c")
        #expect(third.connAck?.reasonCode == .quotaExceeded)
        #expect(third.isClosed)
        #expect(harness.connectOld("c").connAck?.reasonCode == .serverUnavailable)
        #expect(harness.resume("b").connAck?.sessionPresent == true)
        harness.check()
    }

    @Test func subscriptionsPerSession() {
        let harness = EngineHarness { $0.limits.subscriptionsPerSession = 2 }
        let peer = harness.connect("a")
        peer.subscribe("1")
        peer.subscribe("$share/g/2")
        peer.subscribe("3")
        #expect(peer.subAck?.reasonCodes == [.quotaExceeded])
        peer.subscribe("1", qos: .atMostOnce)
        #expect(peer.subAck?.reasonCodes == [.grantedQoS0], "it takes the place of another")
        let other = harness.connect("b")
        other.subscribe("3")
        #expect(other.subAck?.reasonCodes == [.grantedQoS1])
    }

    @Test func subscriptions() {
        let harness = EngineHarness { $0.limits.subscriptions = 2 }
        let peer = harness.connect("a")
        peer.subscribe("1")
        peer.subscribe("2")
        let other = harness.connect("b")
        other.subscribe("3")
        #expect(other.subAck?.reasonCodes == [.quotaExceeded])
        peer.cut()
        other.subscribe("3")
        #expect(other.subAck?.reasonCodes == [.grantedQoS1])
    }

    @Test(arguments: [true, false])
    func aFullQueueLosesForItsOwnSessionOnly(inBytes: Bool) {
        let harness = EngineHarness {
            if inBytes { $0.limits.queuedBytesPerSession = 100 } else { $0.limits.queuedMessagesPerSession = 3 }
        }
        let reader = harness.resume("reader")
        reader.subscribe("t/#")
        reader.cut()
        let other = harness.connect("other")
        other.subscribe("t/both", qos: .atMostOnce)
        let writer = harness.connect("writer")
        for index in 1...5 { writer.publish("t/both", "\(index) 345678901234567890") }
        #expect(writer.takePubAcks().map(\.reasonCode) == Array(repeating: .success, count: 5))
        #expect(other.takePublishes().count == 5)
        #expect(harness.engine.statistics.droppedQueueFull == 2)
        writer.publish("t/one", "6 345678901234567890")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.quotaExceeded], "nobody else would get it")
        let back = harness.resume("reader")
        #expect(back.takeAndAcknowledge().count == 3)
        writer.publish("t/one", "7")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success])
        harness.check()
    }

    @Test func a311PublisherIsCutOffWhereNobodyWouldGetItsMessage() {
        let harness = EngineHarness { $0.limits.queuedMessagesPerSession = 0 }
        let reader = harness.connect("reader")
        reader.subscribe("t")
        let writer = harness.connectOld("writer")
        writer.publish("t")
        #expect(writer.isClosed, "it knows no reason in PUBACK")
        #expect(writer.takePubAcks().isEmpty)
    }

    @Test(arguments: [true, false])
    func aFullGroupRefuses(inBytes: Bool) {
        let harness = EngineHarness {
            if inBytes { $0.limits.queuedBytesPerGroup = 80 } else { $0.limits.queuedMessagesPerGroup = 3 }
        }
        let member = harness.resume("member") { $0.properties.receiveMaximum = 1 }
        member.subscribe("$share/g/t")
        let writer = harness.connect("writer")
        for index in 1...5 { writer.publish("t", "\(index) 345678901234567890") }
        let codes = writer.takePubAcks().map(\.reasonCode)
        #expect(codes == [.success, .success, .success, .success, .quotaExceeded], "one is in flight")
        #expect(member.takeAndAcknowledge().count == 4)
        writer.publish("t")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success])
        harness.check()
    }

    @Test func storedBytes() {
        let harness = EngineHarness { $0.limits.storedBytes = 100 }
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.cut()
        let other = harness.connect("other")
        other.subscribe("t", qos: .atMostOnce)
        let writer = harness.connect("writer")
        let payload = String(repeating: "x", count: 60)
        writer.publish("t", payload)
        writer.publish("t", payload)
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success, .quotaExceeded])
        writer.publish("t", payload, qos: .atMostOnce)
        #expect(other.takePublishes().count == 1, "QoS 0 is dropped as well")
        harness.resume("reader").takeAndAcknowledge()
        writer.publish("t", payload)
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success])
        harness.check()
    }

    @Test func retainedMessages() {
        let harness = EngineHarness { $0.limits.retainedMessages = 2 }
        let writer = harness.connect("writer")
        for topic in ["a", "b", "c", "a"] { writer.publish(topic, "x", retain: true) }
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success, .success, .quotaExceeded, .success])
        writer.publish("b", retain: true)
        writer.publish("c", "x", retain: true)
        #expect(writer.takePubAcks().map(\.reasonCode) == [.success, .success])
        harness.check()
    }

    @Test func inflightPerSession() {
        let harness = EngineHarness { $0.limits.inflightPerSession = 4 }
        let reader = harness.connect("reader")
        reader.subscribe("t")
        let writer = harness.connect("writer")
        for _ in 0..<10 { writer.publish("t") }
        #expect(reader.takePublishes().count == 4)
    }

    @Test func identifierSets() {
        let harness = EngineHarness { $0.limits.identifierSets = 2 }
        let reader = harness.connect("reader")
        reader.subscribe("t/#", identifier: 1)
        reader.subscribe("t/+", identifier: 2)
        harness.connect("writer").publish("t/1")
        #expect(reader.takePublishes().map(\.properties.subscriptionIdentifiers.count) == [1])
        harness.check()
    }

    @Test func packetLimits() {
        let harness = EngineHarness {
            $0.limits.packet.maximumTopicLevels = 3
            $0.limits.packet.maximumUserProperties = 1
            $0.limits.packet.maximumFiltersPerSubscribe = 1
        }
        let deep = harness.connect("deep")
        deep.publish("a/b/c/d")
        #expect(deep.disconnectReason == .topicNameInvalid)
        let deeper = harness.connect("deeper")
        deeper.subscribe("a/b/c/d")
        #expect(deeper.subAck?.reasonCodes == [.topicFilterInvalid])
        let chatty = harness.connect("chatty")
        let property = UserProperty(name: "a", value: "b")
        chatty.publish("a", properties: PublishProperties(userProperties: [property, property]))
        #expect(chatty.disconnectReason == .quotaExceeded)
        let broad = harness.connect("broad")
        broad.send(
            .subscribe(
                Subscribe(packetIdentifier: 1, filters: [SubscribeFilter(filter: "a"), SubscribeFilter(filter: "b")])
            )
        )
        #expect(broad.disconnectReason == .quotaExceeded)
    }

    @Test func oneGreedyClientDoesNotStarveAnother() {
        let harness = EngineHarness { $0.limits.outputBytesPerConnection = 2_000 }
        let stuck = harness.connect("stuck")
        stuck.subscribe("#")
        harness.setWritable(false, stuck)
        let quick = harness.connect("quick")
        quick.subscribe("#")
        let member = harness.connect("member")
        member.subscribe("$share/g/#")
        let writer = harness.connect("writer")
        var delivered = 0
        var shared = 0
        for index in 0..<500 {
            writer.publish("t/\(index)", String(repeating: "x", count: 100))
            delivered += quick.takeAndAcknowledge().count
            shared += member.takeAndAcknowledge().count
        }
        #expect(delivered == 500)
        #expect(shared == 500)
        #expect(stuck.takePublishes().isEmpty)
        harness.check()
    }
}
