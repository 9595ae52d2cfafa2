import BrokerEngine
import MQTTPackets
import NIOCore
import Testing

/// Filters, topics and packets that are made to be expensive: what they cost is bounded, and shared out in turns.
@Suite struct BombTests {
    /// Every filter of `depth` levels, each of them `a` or `+`.
    private static func filters(depth: Int) -> [String] {
        (0..<(1 << depth)).map { bits in
            (0..<depth).map { bits >> $0 & 1 == 0 ? "a" : "+" }.joined(separator: "/")
        }
    }

    private func subscribe(_ peer: Peer, _ filters: [String]) {
        var rest = filters[...]
        while !rest.isEmpty {
            let some = rest.prefix(1_000).map { SubscribeFilter(filter: $0, qos: .atMostOnce) }
            peer.send(.subscribe(Subscribe(packetIdentifier: peer.identifier(), filters: some)))
            rest = rest.dropFirst(1_000)
        }
        #expect(peer.subAck?.reasonCodes.allSatisfy { $0 == .grantedQoS0 } == true)
        _ = peer.take()
    }

    @Test func thousandsOfOverlappingFiltersAreOneDelivery() {
        let harness = EngineHarness()
        let peer = harness.connect("peer")
        subscribe(peer, Self.filters(depth: 12))
        let topic = Array(repeating: "a", count: 12).joined(separator: "/")
        harness.connect("writer").publish(topic, "1", qos: .atMostOnce)
        #expect(peer.takePayloads() == ["1"])
        harness.check()
    }

    @Test func workIsDoneInTurns() throws {
        let harness = EngineHarness { $0.limits.workPerRead = 3_000 }
        let attacker = harness.connect("attacker")
        // A topic of ten levels looks at two thousand nodes, and matches none: each filter is one level longer.
        subscribe(attacker, Self.filters(depth: 10).map { $0 + "/x" })
        let reader = harness.connect("reader")
        reader.subscribe("neighbour")
        let levels = Array(repeating: "a", count: 9).joined(separator: "/")
        var bytes = ByteBuffer()
        for number in 0..<100 {
            Packet.publish(Publish(topic: "\(levels)/\(number)")).encode(into: &bytes, version: .v5)
        }
        harness.endsTurns = false
        attacker.send(bytes: Array(bytes.readableBytesView))
        #expect(attacker.isPaused)
        #expect(harness.engine.nextResume == harness.now, "it goes on at once, behind the others")
        #expect(!attacker.unsent.isEmpty)
        let left = attacker.unsent.count
        let writer = harness.connect("writer")
        writer.publish("neighbour", "1")
        #expect(attacker.unsent.count == left, "the neighbour did not wait for all of it")
        harness.endsTurns = true
        harness.turn()
        #expect(reader.takePayloads() == ["1"])
        #expect(attacker.unsent.isEmpty, "and nothing of it was lost")
        #expect(harness.engine.statistics.publishesReceived == 101)
        #expect(!attacker.isClosed)
        harness.check()
    }

    @Test func aTopicLooksAtNoNodeTwice() {
        // The worst that 2^12 filters can do: the work of one topic is at most the nodes of the tree.
        let harness = EngineHarness { $0.limits.workPerRead = 1 << 14 }
        let peer = harness.connect("peer")
        subscribe(peer, Self.filters(depth: 12))
        let topic = Array(repeating: "a", count: 12).joined(separator: "/")
        var bytes = ByteBuffer()
        for _ in 0..<2 { Packet.publish(Publish(topic: topic)).encode(into: &bytes, version: .v5) }
        harness.endsTurns = false
        harness.connect("writer").send(bytes: Array(bytes.readableBytesView))
        // 2^13 nodes and 2^12 matches are less than the allowance, so the second was not put off.
        #expect(harness.engine.statistics.publishesReceived == 2)
        harness.endsTurns = true
        harness.turn()
    }

    @Test func theFiltersOfASessionTakeSoMuch() {
        let harness = EngineHarness { $0.limits.subscriptionBytesPerSession = 2_000 }
        let peer = harness.connect("peer")
        let deep = Array(repeating: "x", count: 10).joined(separator: "/")
        peer.subscribe(deep)
        #expect(peer.subAck?.reasonCodes == [.grantedQoS1])
        peer.subscribe(deep + "/y")
        #expect(peer.subAck?.reasonCodes == [.quotaExceeded])
        peer.subscribe(deep, qos: .atMostOnce)
        #expect(peer.subAck?.reasonCodes == [.grantedQoS0], "the same one again takes nothing more")
        peer.unsubscribe(deep)
        peer.subscribe(deep + "/y")
        #expect(peer.subAck?.reasonCodes == [.grantedQoS1], "what was given back may be used again")
        harness.check()
    }

    @Test(arguments: PublishStatementTests.versions)
    func onePacketReplaysSoManyRetainedMessages(version: ProtocolVersion) {
        let harness = EngineHarness { $0.limits.retainedPerSubscribe = 25 }
        let writer = harness.connect("writer")
        for number in 0..<20 { writer.publish("r/\(number)", "kept", retain: true) }
        let peer = harness.connect("peer", version)
        let filters = ["r/#", "+/+", "r/1", "#", "r/+"].map { SubscribeFilter(filter: $0, qos: .atLeastOnce) }
        peer.send(.subscribe(Subscribe(packetIdentifier: 1, filters: filters)))
        let refused: ReasonCode = version == .v5 ? .quotaExceeded : .unspecifiedError
        #expect(peer.subAck?.reasonCodes.first == .grantedQoS1, "the first one has all of its own")
        #expect(peer.subAck?.reasonCodes.dropFirst().allSatisfy { $0 == refused } == true)
        #expect(peer.takeAndAcknowledge().count == 20)
        peer.subscribe("+/+")
        #expect(peer.subAck?.reasonCodes == [.grantedQoS1], "in a packet of its own it is granted")
        #expect(peer.takeAndAcknowledge().count == 20)
    }

    @Test func theDeepestTopicOnTheDeepestFilters() {
        let harness = EngineHarness()
        let peer = harness.connect("peer")
        let levels = Array(repeating: "+", count: 200)
        subscribe(
            peer,
            (1...199).map { levels.prefix($0).joined(separator: "/") + "/#" } + [levels.joined(separator: "/")]
        )
        let topic = Array(repeating: "", count: 200).joined(separator: "/")
        harness.connect("writer").publish(topic, "deep", qos: .atMostOnce)
        #expect(peer.takePayloads() == ["deep"])
        peer.subscribe(levels.joined(separator: "/") + "/+")
        #expect(peer.subAck?.reasonCodes == [.topicFilterInvalid], "one level more than the limit")
        harness.check()
    }
}
