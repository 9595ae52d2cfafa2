import Glibc
import Martlet
import MartletTesting
import Testing

/// What SIGTERM does to a worker.
@Suite("Drain", .timeLimit(.minutes(10)))
struct DrainTests {
    private let six = ["a", "b", "c", "d", "e", "f"]

    @Test(
        "What runs finishes, what has not begun goes to another replica, and nothing is done twice",
        arguments: BrokerKind.allCases
    )
    func drains(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let begun = Tally()
            let done = Tally()
            // Holds its only thread, so that of the messages in its slots just one has begun.
            let slow = HandlerRegistration(
                "in/+",
                handler: Texts { text, context in
                    begun.count("\(begun.total)")
                    while !context.isDraining { usleep(1000) }
                    done.count(text)
                }
            )
            var configuration = broker.worker("w")
            configuration.threads = 1
            configuration.slots = 4
            configuration.grace = .seconds(60)
            let first = try TestWorker(configuration, handlers: [slow])
            first.start()
            try await broker.publishUntilRouted(six) { "in/\($0)" }
            await begun.wait(for: ["0"])
            async let stopped: Void = first.stop()
            try await stopped
            #expect(begun.total == 1)
            #expect(done.total == 1)
            let quick = HandlerRegistration("in/+", handler: Texts { text, _ in done.count(text) })
            let second = try TestWorker(broker.worker("w"), handlers: [quick])
            second.start()
            await done.wait(for: six)
            try await second.stop()
            #expect(done.total == 6, "each once: \(done.counts)")
        }
    }

    @Test("After the grace handlers are cancelled, and their messages go back unharmed", arguments: BrokerKind.allCases)
    func graceIsOver(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let clock = TestClock()
            let begun = Tally()
            var configuration = broker.worker("w")
            configuration.clock = clock
            configuration.deadline = nil
            let slow = HandlerRegistration(
                "in/+",
                handler: Texts { text, _ in
                    begun.count(text)
                    try await Task.sleep(for: .seconds(3600))
                },
                retry: .never
            )
            let first = try TestWorker(configuration, handlers: [slow])
            first.start()
            try await broker.publishUntilRouted(six) { "in/\($0)" }
            await begun.wait(for: six)
            async let stopped: Void = first.stop()
            await clock.sleepers(atLeast: 1)
            clock.advance(by: configuration.grace)
            try await stopped
            let done = Tally()
            let quick = HandlerRegistration(
                "in/+",
                handler: Texts { text, context in
                    #expect(context.attempt == 1)
                    done.count(text)
                }
            )
            let second = try TestWorker(broker.worker("w"), handlers: [quick])
            second.start()
            await done.wait(for: six)
            try await second.stop()
            #expect(done.total == 6)
        }
    }

    @Test("A handler that holds its thread for ever does not hold the worker", arguments: BrokerKind.allCases)
    func hungHandler(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let clock = TestClock()
            let begun = Tally()
            let door = Door()
            var configuration = broker.worker("w")
            configuration.clock = clock
            configuration.deadline = nil
            let hung = HandlerRegistration(
                "in/+",
                handler: Texts { text, _ in
                    begun.count(text)
                    door.block()
                }
            )
            let first = try TestWorker(configuration, handlers: [hung])
            first.start()
            try await broker.publishUntilRouted(["a"]) { "in/\($0)" }
            await begun.wait(for: ["a"])
            async let stopped: Void = first.stop()
            // First the grace, then the second that cancelled handlers have to notice it.
            await clock.sleepers(atLeast: 1)
            clock.advance(by: configuration.grace)
            await clock.sleepers(atLeast: 1)
            clock.advance(by: .seconds(1))
            try await stopped
            let done = Tally()
            let second = try TestWorker(
                broker.worker("w"),
                handlers: [HandlerRegistration("in/+", handler: Texts { text, _ in done.count(text) })]
            )
            second.start()
            await done.wait(for: ["a"])
            try await second.stop()
            door.open(for: 1)
        }
    }

    @Test(
        "What waits for its next attempt goes back at once, with its attempts unburned",
        arguments: BrokerKind.allCases
    )
    func retriesGoBack(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let clock = TestClock()
            var configuration = broker.worker("w")
            configuration.clock = clock
            configuration.deadline = nil
            configuration.randomness = { 1 }
            configuration.retry = RetryPolicy(attempts: 2, base: .seconds(3600), cap: .seconds(3600))
            let failing = HandlerRegistration("in/+", handler: Texts { _, _ in throw Failure(description: "no") })
            let first = try TestWorker(configuration, handlers: [failing])
            first.start()
            try await broker.publishUntilRouted(["a"]) { "in/\($0)" }
            await clock.sleepers(atLeast: 1)
            try await first.stop()
            let done = Tally()
            let second = try TestWorker(
                broker.worker("w"),
                handlers: [HandlerRegistration("in/+", handler: Texts { text, _ in done.count(text) })]
            )
            second.start()
            await done.wait(for: ["a"])
            try await second.stop()
        }
    }
}
