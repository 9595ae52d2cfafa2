import BrokerEngine
import MQTTPackets
import NIOCore
import StateStore
import Testing

/// Why deliveries were given back: the next holder is told.
@Suite struct AttemptHistoryTests {
    private static func worker(_ harness: EngineHarness, _ configure: (inout Connect) -> Void = { _ in }) -> Peer {
        let peer = harness.resume("worker") {
            Peer.extended(&$0)
            configure(&$0)
        }
        peer.subscribe("$share/g/in/#")
        peer.subscribe(peer.responseTopic)
        return peer
    }

    private static func harness() -> EngineHarness {
        EngineHarness { $0.limits.journalSlack = 0 }
    }

    /// Gives the delivery back, and takes it again.
    private static func retry(_ worker: Peer, _ reason: [UInt8]) throws -> Publish {
        let held = try #require(worker.takePublishes().last { $0.topic == "in/1" })
        return try retry(worker, held, reason)
    }

    private static func retry(_ worker: Peer, _ held: Publish, _ reason: [UInt8]) throws -> Publish {
        worker.commit([.retry(id: held.deliveryID, delay: 0, reason: reason)])
        let again = try #require(worker.takePublishes().last { $0.topic == "in/1" })
        worker.acknowledge(held)
        return again
    }

    @Test func theNextHolderIsToldWhatTheOthersSaid() throws {
        let harness = Self.harness()
        let worker = Self.worker(harness)
        harness.connect("writer").publish("in/1", "x")
        var held = try Self.retry(worker, Array("w-0: no luck".utf8))
        #expect(held.failures == ["1: w-0: no luck"])
        // One without a reason, and one that ends with its holder's connection.
        held = try Self.retry(worker, held, [])
        #expect(held.failures == ["1: w-0: no luck"])
        worker.cut()
        let other = Self.worker(harness)
        held = try #require(other.takePublishes().first { $0.topic == "in/1" })
        #expect(held.user("martlet-attempt") == "4")
        held = try Self.retry(other, held, Array("w-1: none either".utf8))
        #expect(held.failures == ["1: w-0: no luck", "4: w-1: none either"])
        #expect(held.user("martlet-attempt") == "5")
        harness.check()
    }

    @Test func aMemberThatNeverGotTheMessageTakesThemNotAway() throws {
        var harness = Self.harness()
        var worker = Self.worker(harness)
        harness.connect("writer").publish("in/1", "x", qos: .exactlyOnce)
        let held = try #require(worker.takePublishes().last { $0.topic == "in/1" })
        worker.commit([.retry(id: held.deliveryID, delay: 5_000, reason: Array("why".utf8))])
        worker.acknowledge(held)
        worker.cut()
        let once = harness.resume("once")
        once.subscribe("$share/g/in/#", qos: .exactlyOnce)
        harness.holdsPages = true
        harness.advance(seconds: 5)
        #expect(once.takePublishes().isEmpty, "it is pinned, and the page is not durable")
        once.cut()
        harness.holdsPages = false
        harness.completePage()
        harness.settle()
        for isAfterCrash in [false, true] {
            if isAfterCrash { harness = harness.crash() }
            worker = Self.worker(harness)
            let again = try #require(worker.takePublishes().last { $0.topic == "in/1" })
            #expect(again.failures == ["1: why"])
            #expect(again.user("martlet-attempt") == "2")
            harness.settle()
        }
    }

    @Test func theyOutliveACrashAndTheMovingOfOldPages() throws {
        let harness = Self.harness()
        let worker = Self.worker(harness)
        let writer = harness.connect("writer")
        writer.publish("in/1", "x")
        _ = try Self.retry(worker, Array("why".utf8))
        let once = Self.worker(harness.crash())
        #expect(try #require(once.takePublishes().first { $0.topic == "in/1" }).failures == ["1: why"])
        // Old pages are moved again and again.
        for number in 0..<300 { writer.publish("retained", String(repeating: "x", count: number), retain: true) }
        for _ in 0..<50 { harness.advance(seconds: 1) }
        let after = harness.crash()
        let again = Self.worker(after)
        #expect(try #require(again.takePublishes().first { $0.topic == "in/1" }).failures == ["1: why"])
        after.check()
    }

    @Test func onlySoManyAndSoLongOnesAreKept() throws {
        let harness = Self.harness()
        let worker = Self.worker(harness)
        harness.connect("writer").publish("in/1", "x")
        var held = try #require(worker.takePublishes().first)
        for number in 1...20 {
            held = try Self.retry(worker, held, Array("\(number) \(String(repeating: "ä", count: 400))".utf8))
        }
        #expect(held.failures.count == 16)
        #expect(held.failures.first?.hasPrefix("5: 5 ä") == true && held.failures.last?.hasPrefix("20: 20 ä") == true)
        #expect(held.failures.allSatisfy { (500...520).contains($0.utf8.count) })
        harness.check()
    }

    @Test(arguments: [([0x61, 0x00, 0x62], "1: a?b"), ([0xFF, 0x61], "1: ?a"), ([0x61, 0x0A], "1: a?")])
    func whatNoTextMayHoldIsReplaced(reason: [UInt8], told: String) throws {
        let harness = Self.harness()
        let worker = Self.worker(harness)
        harness.connect("writer").publish("in/1", "x")
        #expect(try Self.retry(worker, reason).failures == [told])
    }

    @Test func aMessageThatWouldBeTooLargeWithThemComesWithoutThem() throws {
        let harness = Self.harness()
        let worker = Self.worker(harness) { $0.properties.maximumPacketSize = 300 }
        harness.connect("writer").publish("in/1", "x")
        let again = try Self.retry(worker, Array(String(repeating: "y", count: 400).utf8))
        #expect(again.failures == [] && again.user("martlet-attempt") == "2")
    }

    @Test func pastTheRoomForAllOfThemNoneIsKept() throws {
        let harness = EngineHarness { $0.limits.attemptHistoryBytes = 10 }
        let worker = Self.worker(harness)
        let writer = harness.connect("writer")
        writer.publish("in/1", "x")
        var held = try Self.retry(worker, Array("twelve bytes".utf8))
        held = try Self.retry(worker, held, Array("more".utf8))
        #expect(held.failures == ["1: twelve bytes"])
        worker.commit([.acknowledge(id: held.deliveryID)])
        worker.acknowledge(held)
        // Done: its room is free.
        writer.publish("in/1", "y")
        #expect(try Self.retry(worker, Array("why".utf8)).failures == ["1: why"])
        harness.check()
    }

    @Test func whoDidNotAskIsToldNothing() throws {
        let harness = Self.harness()
        let worker = Self.worker(harness)
        harness.connect("writer").publish("in/1", "x")
        _ = try Self.retry(worker, Array("why".utf8))
        worker.disconnect()
        let plain = harness.connect("plain")
        plain.subscribe("$share/g/in/#")
        let held = plain.takePublishes()
        #expect(held.allSatisfy { $0.properties.userProperties.isEmpty })
    }
}

extension Publish {
    /// What is said of deliveries before.
    fileprivate var failures: [String] {
        properties.userProperties.filter { $0.name == "martlet-failure" }.map(\.value)
    }
}
