import MQTTClient
import Martlet
import MartletTesting
import Testing

/// A handler with state where none is to be had.
@Suite("No state to be had", .timeLimit(.minutes(10)))
struct OutageTests {
    private static let counts = StateKey<Int>("count")

    @Test("Without a state store a handler runs again and again, and its message is not given up")
    func noStore() async throws {
        try await BrokerUnderTest.with(.mosquitto) { broker in
            let runs = Tally()
            let configuration = broker.worker("w")
            let attempts = configuration.retry.attempts
            let counting = Texts { _, context in
                #expect(context.attempt == 1)
                runs.count("run \(runs.total)")
                try await context.state.update(Self.counts["all"], default: 0) { $0 += 1 }
            }
            let first = try TestWorker(configuration, handlers: [HandlerRegistration("in/+", handler: counting)])
            first.start()
            try await broker.publishUntilRouted(["a"]) { "in/\($0)" }
            await runs.wait(for: (0...attempts).map { "run \($0)" })
            try await first.stop()
            let done = Tally()
            let plain = Texts { text, _ in done.count(text) }
            let second = try TestWorker(configuration, handlers: [HandlerRegistration("in/+", handler: plain)])
            second.start()
            await done.wait(for: ["a"])
            try await second.stop()
        }
    }
}
