import Martlet
import MartletTesting
import MetricsTestKit
import Testing

/// Handlers that hold their threads past the deadline.
@Suite("A hung handler", .timeLimit(.minutes(10)))
struct HungHandlerTests {
    /// As many as there are slots besides those of the hung ones: acknowledgements leave in the order of arrival
    /// (MQTT 5.0 §4.6), so those of the others wait behind theirs.
    private let others = (0..<6).map { "other \($0)" }

    /// Lets handlers hang on every thread of a worker, and waits until others have been handled.
    private func hang(before body: @escaping @Sendable () async -> Void) async throws -> TestMetrics {
        let metrics = TestMetrics()
        try await BrokerUnderTest.with(.martlet) { broker in
            let handled = Tally()
            let hanging = Tally()
            let door = Door()
            let handler = Texts { text, _ in
                if text.hasPrefix("hung") {
                    await body()
                    hanging.count(text)
                    door.block()
                } else {
                    handled.count(text)
                }
            }
            var configuration = broker.worker("w")
            configuration.metricsFactory = metrics
            configuration.threads = 2
            configuration.slots = 8
            configuration.deadline = .milliseconds(50)
            let worker = try TestWorker(configuration, handlers: [HandlerRegistration("in/+", handler: handler)])
            worker.start()
            try await broker.publishUntilRouted(["hung 0", "hung 1"]) { "in/\($0)" }
            await hanging.wait(for: ["hung 0", "hung 1"])
            try await broker.publish(others) { "in/\($0)" }
            // Only threads that take the place of the held ones can do this.
            await handled.wait(for: others)
            let substituted = try metrics.expectCounter("martlet_worker_threads_substituted", [("worker", "w")])
            while substituted.totalValue < 2 { await Task.yield() }
            door.open(for: 2)
            try await worker.stop()
            #expect(handled.total == others.count, "none of them was tried twice: \(handled.counts)")
        }
        return metrics
    }

    @Test("Handlers that block every thread past their deadline do not cost the worker its capacity")
    func isReplaced() async throws {
        let metrics = try await hang {}
        let overdue = try metrics.expectCounter("martlet_worker_overdue", [("worker", "w"), ("handler", "Texts")])
        #expect(overdue.totalValue >= 1)
    }

    @Test("A handler that begins to block after its deadline is found as well")
    func isFoundLater() async throws {
        // Does not notice that it is cancelled, and blocks only after that.
        _ = try await hang { while !Task.isCancelled { await Task.yield() } }
    }
}
