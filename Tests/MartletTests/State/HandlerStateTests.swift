import Martlet
import MartletTesting
import NIOCore
import Synchronization
import Testing

/// What a handler can count on in `context.state`, without a broker.
@Suite("The state of a handler", .timeLimit(.minutes(10)))
struct HandlerStateTests {
    private struct Day: Codable, Sendable, Equatable {
        var readings: [Double] = []
    }

    private static let days = StateKey<Day>("days")
    private static let count = StateKey<Int>("count")

    private func harness(
        retry: RetryPolicy = RetryPolicy(base: .zero, cap: .zero),
        _ body: @escaping @Sendable (String, HandlerContext) async throws -> Void
    ) throws -> HandlerHarness {
        try HandlerHarness("in/+", handler: Texts(body), retry: retry)
    }

    private func message(_ text: String) -> MQTTMessage {
        MQTTMessage(topic: "in/\(text)", text: text)
    }

    @Test("What is set is read by the same run, and by the next message")
    func setAndGet() async throws {
        let harness = try harness { text, context in
            let key = Self.days[text]
            var day = try await context.state.get(key) ?? Day()
            day.readings.append(1)
            try context.state.set(day, for: key)
            #expect(try await context.state.get(key) == day)
        }
        for _ in 0..<3 { #expect(try await harness.deliver(message("a")).isHandled) }
        #expect(try harness.state.get(Self.days["a"]) == Day(readings: [1, 1, 1]))
        #expect(harness.state.keys == ["days/a"])
    }

    @Test("What a run set is thrown away when it throws, and with it what it published")
    func thrownAway() async throws {
        let harness = try harness(retry: RetryPolicy(attempts: 3, base: .zero)) { _, context in
            try await context.state.update(Self.count, default: 0) { $0 += 1 }
            try context.publish(text: "\(context.attempt)", to: "out")
            if context.attempt < 3 { throw Failure(description: "not yet") }
        }
        let outcome = try await harness.deliver(message("a"))
        #expect(outcome.isHandled && outcome.published.map(\.text) == ["3"])
        #expect(try harness.state.get(Self.count) == 1)
    }

    @Test("A removed key is gone for the same run and after it")
    func removes() async throws {
        let harness = try harness { _, context in
            try context.state.remove(Self.count)
            #expect(try await context.state.get(Self.count) == nil)
        }
        try harness.state.set(7, for: Self.count)
        #expect(try await harness.deliver(message("a")).isHandled)
        #expect(harness.state.keys == [])
    }

    @Test("A run whose reads were changed by somebody else runs again, and that is no failed attempt")
    func runsAgain() async throws {
        let state = Mutex<HarnessState?>(nil)
        let runs = Mutex(0)
        let harness = try harness { _, context in
            let run = runs.withLock { runs in
                runs += 1
                return runs
            }
            #expect(context.attempt == 1)
            try await context.state.update(Self.count, default: 0) { $0 += 1 }
            if run < 3 { try state.withLock { $0 }?.set(run * 10, for: Self.count) }
            try context.publish(text: "\(run)", to: "out")
        }
        state.withLock { $0 = harness.state }
        let outcome = try await harness.deliver(message("a"))
        #expect(outcome.isHandled && outcome.attempts == 1)
        #expect(outcome.published.map(\.text) == ["3"])
        #expect(try harness.state.get(Self.count) == 21)
    }

    @Test("An older schema is upgraded")
    func upgrades() async throws {
        let old = StateKey<Int>("celsius")
        let new = StateKey<Double>("celsius", schema: 2) { bytes, schema in
            #expect(schema == 1)
            return try #require(Double(String(decoding: bytes, as: UTF8.self))) / 10
        }
        let harness = try harness { _, context in
            #expect(try await context.state.get(new) == 21.5)
            try context.state.set(22.5, for: new)
        }
        try harness.state.set(215, for: old)
        #expect(try await harness.deliver(message("a")).isHandled)
        #expect(try harness.state.get(new) == 22.5)
    }

    @Test("A newer schema is an error, and never overwritten, not even unread")
    func newerSchema() async throws {
        let new = StateKey<Int>("count", schema: 3)
        for reads in [true, false] {
            let harness = try harness(retry: .never) { _, context in
                if reads { _ = try await context.state.get(Self.count) }
                try context.state.set(1, for: Self.count)
            }
            try harness.state.set(7, for: new)
            let outcome = try await harness.deliver(message("a"))
            #expect(outcome.isDeadLettered)
            let error = try #require(outcome.errors.first as? WorkerError)
            #expect(error.code == .stateSchemaNewer && error.message.contains("count"))
            #expect(try harness.state.get(new) == 7)
        }
    }

    @Test("After the handler has returned, its state belongs to nothing")
    func closed() async throws {
        let kept = Mutex<HandlerContext?>(nil)
        let harness = try harness { _, context in kept.withLock { $0 = context } }
        _ = try await harness.deliver(message("a"))
        let context = try #require(kept.withLock { $0 })
        let error = #expect(throws: WorkerError.self) { try context.state.set(1, for: Self.count) }
        #expect(error?.code == .contextClosed)
    }

    @Test("A run may touch so many keys and set so much, and no more")
    func limits() async throws {
        let harness = try harness(retry: .never) { _, context in
            for number in 0...256 { try context.state.set(number, for: Self.count["\(number)"]) }
        }
        let outcome = try await harness.deliver(message("a"))
        #expect((outcome.errors.first as? WorkerError)?.code == .stateLimit)
        #expect(harness.state.keys == [])
    }
}
