import Glibc
import Martlet
import MartletTesting
import Testing

/// What SIGTERM does to a worker.
@Suite("Drain", .timeLimit(.minutes(10)))
struct DrainTests {
    private let six = ["a", "b", "c", "d", "e", "f"]

    /// A broker, and a worker's configuration whose time the test moves, without a deadline.
    private func withBroker(
        _ kind: BrokerKind,
        _ body: @Sendable (BrokerUnderTest, WorkerConfiguration, TestClock) async throws -> Void
    ) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let clock = TestClock()
            var configuration = broker.worker("w")
            configuration.clock = clock
            configuration.deadline = nil
            try await body(broker, configuration, clock)
        }
    }

    /// Starts a worker with a handler.
    private func start(_ configuration: WorkerConfiguration, _ handler: Texts, retry: RetryPolicy? = nil)
        throws -> TestWorker
    {
        let worker = try TestWorker(
            configuration,
            handlers: [HandlerRegistration("in/+", handler: handler, retry: retry)]
        )
        worker.start()
        return worker
    }

    /// Lets a second life of the replica handle what the first one left.
    private func takeOver(
        _ texts: [String],
        from broker: BrokerUnderTest,
        counting done: Tally = Tally(),
        check: @escaping @Sendable (HandlerContext) -> Void = { _ in }
    ) async throws {
        let handler = Texts { text, context in
            check(context)
            done.count(text)
        }
        let second = try start(broker.worker("w"), handler)
        await done.wait(for: texts)
        try await second.stop()
    }

    @Test(
        "What runs finishes, what has not begun goes to another replica, and nothing is done twice",
        arguments: BrokerKind.allCases
    )
    func drains(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let begun = Tally()
            let done = Tally()
            // Holds its only thread, so that of the messages in its slots just one has begun.
            let slow = Texts { text, context in
                begun.count("\(begun.total)")
                while !context.isDraining { usleep(1000) }
                done.count(text)
            }
            var configuration = broker.worker("w")
            configuration.threads = 1
            configuration.slots = 4
            configuration.grace = .seconds(60)
            let first = try start(configuration, slow)
            try await broker.publishUntilRouted(six) { "in/\($0)" }
            await begun.wait(for: ["0"])
            try await first.stop()
            #expect(begun.total == 1)
            #expect(done.total == 1)
            try await takeOver(six, from: broker, counting: done)
            #expect(done.total == 6, "each once: \(done.counts)")
        }
    }

    @Test("A worker that never had a connection has nothing to finish, and does not wait out its grace")
    func neverConnected() async throws {
        let tries = Tally()
        struct Nobody: Error {}
        var configuration = WorkerConfiguration(name: "w")
        configuration.broker = .connector {
            tries.count("try")
            throw Nobody()
        }
        configuration.backoff = MQTTBackoff(base: .milliseconds(1), cap: .milliseconds(1))
        // Nobody moves it: the grace is never over.
        configuration.clock = TestClock()
        let worker = try start(configuration, Texts { _, _ in })
        await tries.wait(for: ["try"])
        try await worker.stop()
    }

    @Test("After the grace handlers are cancelled, and their messages go back unharmed", arguments: BrokerKind.allCases)
    func graceIsOver(kind: BrokerKind) async throws {
        try await withBroker(kind) { broker, configuration, clock in
            let begun = Tally()
            let slow = Texts { text, _ in
                begun.count(text)
                try await Task.sleep(for: .seconds(3600))
            }
            let first = try start(configuration, slow, retry: .never)
            try await broker.publishUntilRouted(six) { "in/\($0)" }
            await begun.wait(for: six)
            async let stopped: Void = first.stop()
            await clock.sleepers(atLeast: 1)
            clock.advance(by: configuration.grace)
            try await stopped
            let done = Tally()
            try await takeOver(six, from: broker, counting: done) { #expect($0.attempt == 1) }
            #expect(done.total == 6)
        }
    }

    @Test("A handler that holds its thread for ever does not hold the worker", arguments: BrokerKind.allCases)
    func hungHandler(kind: BrokerKind) async throws {
        try await withBroker(kind) { broker, configuration, clock in
            let begun = Tally()
            let door = Door()
            let hung = Texts { text, _ in
                begun.count(text)
                door.block()
            }
            let first = try start(configuration, hung)
            try await broker.publishUntilRouted(["a"]) { "in/\($0)" }
            await begun.wait(for: ["a"])
            async let stopped: Void = first.stop()
            // First the grace, then the second that cancelled handlers have to notice it.
            for wait in [configuration.grace, .seconds(1)] {
                await clock.sleepers(atLeast: 1)
                clock.advance(by: wait)
            }
            try await stopped
            try await takeOver(["a"], from: broker)
            door.open(for: 1)
        }
    }

    // Only where the message waits in its slot: on our broker it is the broker that holds it.
    @Test(
        "What waits for its next attempt goes back at once, with its attempts unburned",
        arguments: [BrokerKind.mosquitto]
    )
    func retriesGoBack(kind: BrokerKind) async throws {
        try await withBroker(kind) { broker, configuration, clock in
            var configuration = configuration
            configuration.randomness = { 1 }
            configuration.retry = RetryPolicy(attempts: 2, base: .seconds(3600), cap: .seconds(3600))
            let first = try start(configuration, Texts { _, _ in throw Failure(description: "no") })
            try await broker.publishUntilRouted(["a"]) { "in/\($0)" }
            await clock.sleepers(atLeast: 1)
            try await first.stop()
            try await takeOver(["a"], from: broker)
        }
    }
}
