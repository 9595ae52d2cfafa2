import MQTTClient
import Martlet
import MartletTesting
import MetricsTestKit
import Testing

/// What a worker counts.
@Suite("Metrics", .timeLimit(.minutes(10)))
struct MetricsTests {
    private let ofHandler = [("worker", "w"), ("handler", "Texts")]

    private func count(_ name: String, in metrics: TestMetrics) throws -> Int64 {
        try metrics.expectCounter("martlet_worker_\(name)", ofHandler).totalValue
    }

    @Test("Each way that a message can end is counted for its handler")
    func countsEndings() async throws {
        try await BrokerUnderTest.with(.martlet) { broker in
            let metrics = TestMetrics()
            let ended = Tally()
            let handler = Texts { text, context in
                defer { if text != "never" || context.attempt == 3 { ended.count("\(text) \(context.attempt)") } }
                switch text {
                case "second": if context.attempt == 1 { throw Failure(description: "not yet") }
                case "never": throw Failure(description: "no")
                case "unwanted": throw DiscardError("not mine")
                default: break
                }
            }
            var configuration = broker.worker("w")
            configuration.metricsFactory = metrics
            configuration.slots = 7
            let worker = try TestWorker(configuration, handlers: [HandlerRegistration("in/+", handler: handler)])
            worker.start()
            try await broker.publishUntilRouted(["first", "second", "never", "unwanted"]) { "in/\($0)" }
            await ended.wait(for: ["first 1", "second 2", "never 3", "unwanted 1"])
            // What has ended is counted before the worker has drained.
            try await worker.stop()
            #expect(try count("handled", in: metrics) == 2)
            #expect(try count("failed", in: metrics) == 5, "one of second, three of never, and what was not wanted")
            #expect(try count("retried", in: metrics) == 3)
            #expect(try count("dead_lettered", in: metrics) == 1)
            #expect(try count("discarded", in: metrics) == 1)
            #expect(try count("handed_back", in: metrics) == 0)
            #expect(try count("redelivered", in: metrics) == 3, "each attempt after the first is a delivery of its own")
            #expect(try count("overdue", in: metrics) == 0)
            #expect(try metrics.expectTimer("martlet_worker_handling_duration", ofHandler).values.count == 7)
            #expect(try metrics.expectGauge("martlet_worker_slots", [("worker", "w")]).lastValue == 7)
            #expect(try metrics.expectCounter("martlet_worker_sessions_lost", [("worker", "w")]).totalValue == 0)
        }
    }

    @Test("The slots in use are those of messages in hand, and none when there is no message")
    func gaugesSlots() async throws {
        try await BrokerUnderTest.with(.martlet) { broker in
            let metrics = TestMetrics()
            let begun = Tally()
            let door = Door()
            let handler = Texts { text, _ in
                begun.count(text)
                door.block()
            }
            var configuration = broker.worker("w")
            configuration.metricsFactory = metrics
            let worker = try TestWorker(configuration, handlers: [HandlerRegistration("in/+", handler: handler)])
            worker.start()
            try await broker.publishUntilRouted(["a", "b"]) { "in/\($0)" }
            await begun.wait(for: ["a", "b"])
            let gauge = try metrics.expectGauge("martlet_worker_slots_in_use", [("worker", "w")])
            #expect(gauge.lastValue == 2)
            door.open(for: 2)
            while gauge.lastValue != 0 { await Task.yield() }
            try await worker.stop()
            #expect(gauge.values.max() == 2)
        }
    }

    @Test("What goes back when the worker stops, and comes again, is counted")
    func countsReturns() async throws {
        // Where a message that failed waits in its slot: on our broker the broker holds it.
        try await BrokerUnderTest.with(.mosquitto) { broker in
            let metrics = TestMetrics()
            let clock = TestClock()
            var configuration = broker.worker("w")
            configuration.metricsFactory = metrics
            configuration.clock = clock
            configuration.deadline = nil
            configuration.randomness = { 1 }
            configuration.retry = RetryPolicy(attempts: 2, base: .seconds(3600), cap: .seconds(3600))
            let failing = Texts { _, _ in throw Failure(description: "no") }
            let first = try TestWorker(configuration, handlers: [HandlerRegistration("in/+", handler: failing)])
            first.start()
            try await broker.publishUntilRouted(["a"]) { "in/\($0)" }
            await clock.sleepers(atLeast: 1)
            try await first.stop()
            #expect(try count("handed_back", in: metrics) == 1)
            #expect(try count("dead_lettered", in: metrics) == 0)
            let done = Tally()
            let counting = Texts { text, _ in done.count(text) }
            let second = try TestWorker(configuration, handlers: [HandlerRegistration("in/+", handler: counting)])
            second.start()
            await done.wait(for: ["a"])
            try await second.stop()
            #expect(try count("redelivered", in: metrics) == 1)
            #expect(try count("handled", in: metrics) == 1)
        }
    }
}
