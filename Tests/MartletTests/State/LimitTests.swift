import Foundation
import MQTTClient
import Martlet
import MartletBroker
import MartletTesting
import MetricsTestKit
import StateStoreClient
import Testing

/// State that has no room, that ends by itself, and that others change.
@Suite("Room, time and others", .timeLimit(.minutes(10)))
struct LimitTests {
    private static let notes = StateKey<String>("notes")
    private static let short = StateKey<Int>("short", expiresIn: .milliseconds(1))
    private static let long = StateKey<Int>("long", expiresIn: .seconds(3600))

    @Test("A commit that finds the store full is tried again, and is made once there is room")
    func full() async throws {
        var limits = BrokerLimits()
        // What the worker itself needs, and what the test fills it up with.
        limits.stateKeys = 12
        try await TestBroker.withBroker(limits: limits) { broker in
            let rig = StateRig(broker: broker)
            try await rig.withClient("filler") { filler in
                let store = StateStoreClient(client: filler, logger: .silent)
                let begun = Tally()
                let handler = Texts { text, context in
                    try context.state.set(text, for: Self.notes[text])
                    begun.count(text)
                }
                let worker = try TestWorker(
                    rig.configuration(0),
                    handlers: [HandlerRegistration("in/+", handler: handler)]
                )
                worker.start()
                try await rig.waitForReplica("w-0")
                var filled = 0
                while (try? await store.set(StateStoreKey("fill/\(filled)"), [1])) != nil { filled += 1 }
                try await rig.publish(["a", "b"], keys: 1)
                await begun.wait(for: ["a", "b"])
                #expect(try await store.get("w/notes/a") == nil)
                for number in 0..<filled { _ = try await store.delete(StateStoreKey("fill/\(number)")) }
                try await rig.waitForKey("w/notes/a")
                try await rig.waitForKey("w/notes/b")
                try await worker.stop()
                #expect(begun.counts == ["a": 1, "b": 1], "the same commits, without another run")
            }
        }
    }

    @Test("A value that never fits is a failed attempt, and in the end a dead letter that says so")
    func tooLarge() async throws {
        var limits = BrokerLimits()
        limits.stateValueBytes = 1000
        try await TestBroker.withBroker(limits: limits) { broker in
            let rig = StateRig(broker: broker)
            let letters = try await rig.collectingDeadLetters("dead/#") { letters in
                let handler = Texts { text, context in
                    let size = text == "large" ? 2000 : 10
                    try context.state.set(String(repeating: "x", count: size), for: Self.notes[text])
                }
                let worker = try TestWorker(
                    rig.configuration(0) {
                        $0.quotaPatience = .zero
                        $0.retry = RetryPolicy(attempts: 3, base: .zero)
                        $0.deadLetterRoot = "dead"
                    },
                    handlers: [HandlerRegistration("in/+", handler: handler)]
                )
                worker.start()
                try await rig.publish(["large", "small"], keys: 1)
                await letters.tally.wait(for: ["large"])
                try await rig.waitForKey("w/notes/small")
                try await worker.stop()
            }
            let letter = try #require(letters.all.first)
            #expect(letter.properties.userProperty("martlet-dead-letter-attempts") == "3")
            #expect(letter.properties.userProperty("martlet-dead-letter-error")?.contains("quota") == true)
            let attempts = letter.properties.userProperties.filter { $0.name == "martlet-dead-letter-attempt" }
            #expect(attempts.map { String($0.value.prefix(2)) } == ["1:", "2:", "3:"])
        }
    }

    @Test("A dead letter lists the errors of all attempts, also those of other replicas and of one that was killed")
    func attempts() async throws {
        try await StateRig.with { rig in
            let begun = Tally()
            let door = Door()
            let handler = Texts { _, context in
                begun.count("\(context.attempt)")
                // The first replica dies with the second attempt in hand.
                if context.attempt == 2 { door.block() }
                throw Failure(description: "bad luck \(context.attempt)")
            }
            let letters = try await rig.collectingDeadLetters("dead/#") { letters in
                func worker(_ replica: Int) throws -> TestWorker {
                    let worker = try TestWorker(
                        rig.configuration(replica) {
                            $0.retry = RetryPolicy(attempts: 4, base: .zero)
                            $0.deadLetterRoot = "dead"
                        },
                        handlers: [HandlerRegistration("in/+", handler: handler)]
                    )
                    worker.start()
                    return worker
                }
                let first = try worker(0)
                try await rig.publish(["a"], keys: 1)
                await begun.wait(for: ["2"])
                await first.crash()
                door.open(for: 1)
                let second = try worker(1)
                await letters.tally.wait(for: ["a"])
                try await second.stop()
            }
            let letter = try #require(letters.all.first)
            let told = letter.properties.userProperties.filter { $0.name == "martlet-dead-letter-attempt" }
            #expect(
                told.map(\.value) == [
                    "1: w-0: bad luck 1", "2: lost with its replica, or not known any more", "3: w-1: bad luck 3",
                    "4: bad luck 4",
                ]
            )
            #expect(letter.properties.userProperty("martlet-failure") == nil)
        }
    }

    @Test("A value ends at its time, for the store, for the run that reads it and for the checkpoint")
    func expires() async throws {
        let folder = NSTemporaryDirectory() + "state-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await StateRig.with { rig in
            let handler = Texts { text, context in
                let short = try await context.state.get(Self.short)
                let long = try await context.state.get(Self.long)
                if text == "set" {
                    try context.state.set(7, for: Self.short)
                    try context.state.set(7, for: Self.long)
                }
                try context.publish(text: "\(text) \(short ?? 0) \(long ?? 0)", to: "out/x")
            }
            func worker() throws -> TestWorker {
                let worker = try TestWorker(
                    rig.configuration(0) { $0.stateDirectory = folder },
                    handlers: [HandlerRegistration("in/+", handler: handler)]
                )
                worker.start()
                return worker
            }
            let first = try worker()
            try await rig.publish(["set"], keys: 1)
            await rig.published.tally.wait(for: ["set 0 0"])
            try await rig.waitUntilGone("w/short")
            try await rig.publish(["get"], keys: 1)
            await rig.published.tally.wait(for: ["get 0 7"])
            try await first.stop()
            let second = try worker()
            try await rig.publish(["again"], keys: 1)
            await rig.published.tally.wait(for: ["again 0 7"])
            try await second.stop()
        }
    }

    @Test("What others change is read anew: a replica that was told runs its handler once")
    func notices() async throws {
        let folder = NSTemporaryDirectory() + "state-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await StateRig.with { rig in
            let runs = Tally()
            let handler = Texts { text, context in
                runs.count(text)
                try await context.state.update(StateRig.counts["0"], default: 0) { $0 += 1 }
                try context.publish(text: text, to: "out/\(text)")
            }
            let metrics = TestMetrics()
            let worker = try TestWorker(
                rig.configuration(0) {
                    $0.stateDirectory = folder
                    $0.metricsFactory = metrics
                },
                handlers: [HandlerRegistration("in/+", handler: handler)]
            )
            worker.start()
            try await rig.publish(["first"], keys: 1)
            await rig.published.tally.wait(for: ["first"])
            let notices = try metrics.expectCounter("martlet_state_notices", [("worker", "w")])
            let before = notices.totalValue
            // The value is in memory, and believed. Then somebody else changes it.
            try await rig.withClient("other") { other in
                let store = StateStoreClient(client: other, logger: .silent)
                let present = try #require(try await store.get("w/count/0"))
                try await store.set("w/count/0", present.value.dropLast() + Array("5".utf8))
            }
            while notices.totalValue == before { await Task.yield() }
            try await rig.publish(["second"], keys: 1)
            await rig.published.tally.wait(for: ["second"])
            #expect(try await rig.count(0) == 6)
            try await worker.stop()
            #expect(runs.counts == ["first": 1, "second": 1], "the notice spared a run that would have been refused")
        }
    }
}
