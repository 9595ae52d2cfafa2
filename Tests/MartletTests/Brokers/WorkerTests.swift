import Martlet
import MartletTesting
import NIOCore
import Synchronization
import Testing

/// What a worker does on a broker that stays up, on ours and on mosquitto.
@Suite("A worker", .timeLimit(.minutes(10)))
struct WorkerTests {
    private let hundred = (0..<100).map(String.init)

    @Test("Three replicas share the messages, and each is handled once", arguments: BrokerKind.allCases)
    func shares(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let tally = Tally()
            let replicas = Tally()
            let workers = try (0..<3).map { number in
                let handler = Texts { text, context in
                    replicas.count(context.worker.replica)
                    tally.count(text)
                }
                return try TestWorker(
                    broker.worker("w", replica: "\(number)"),
                    handlers: [HandlerRegistration("in/+", handler: handler)]
                )
            }
            for worker in workers { worker.start() }
            try await broker.waitForSubscribers(of: "in/probe", replicas: replicas, count: 3)
            try await broker.publish(hundred) { "in/\($0)" }
            await tally.wait(for: hundred)
            for worker in workers { try await worker.stop() }
            #expect(hundred.allSatisfy { tally.counts[$0] == 1 })
            #expect(Set(replicas.counts.keys) == ["0", "1", "2"])
        }
    }

    @Test(
        "What handlers publish arrives, and each handler gets the messages of its own filter",
        arguments: BrokerKind.allCases
    )
    func publishes(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let handlers = [
                HandlerRegistration("in/#", handler: Texts { try $1.publish(text: "all \($0)", to: "out/all/\($0)") }),
                HandlerRegistration("in/1", handler: Texts { try $1.publish(text: "one \($0)", to: "out/one/\($0)") }),
                HandlerRegistration(
                    "in/1",
                    handler: Texts { try $1.publish(text: "other \($0)", to: "out/other/\($0)") },
                    group: "others"
                ),
            ]
            let worker = try TestWorker(broker.worker("w"), handlers: handlers)
            try await broker.withClient("reader") { client in
                _ = try await client.subscribe([MQTTSubscription("out/#")])
                worker.start()
                let seen = await withTaskGroup(of: Void.self) { group in
                    // Again and again, since the three subscriptions do not begin at one moment.
                    group.addTask {
                        while !Task.isCancelled { try? await broker.publishUntilRouted(["1", "2"]) { "in/\($0)" } }
                    }
                    var seen: Set<String> = []
                    for await delivery in client.deliveries {
                        seen.insert(String(buffer: delivery.message.payload))
                        delivery.acknowledge()
                        if seen.count == 4 { break }
                    }
                    group.cancelAll()
                    return seen
                }
                #expect(seen == ["all 1", "all 2", "one 1", "other 1"])
            }
            try await worker.stop()
        }
    }

    @Test(
        "What fails for good is in the dead letter topic before it is acknowledged, and never comes again",
        arguments: BrokerKind.allCases
    )
    func deadLetters(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let attempts = Tally()
            let handler = Texts { text, context in
                attempts.count(text)
                throw Failure(description: "no luck with \(text)")
            }
            let handlers = [HandlerRegistration("in/+", handler: handler)]
            try await broker.withClient("reader") { client in
                _ = try await client.subscribe([MQTTSubscription("martlet/dead-letter/#")])
                let worker = try TestWorker(broker.worker("w"), handlers: handlers)
                worker.start()
                try await broker.publishUntilRouted(["a"]) { "in/\($0)" }
                var iterator = client.deliveries.makeAsyncIterator()
                let letter = try #require(await iterator.next()).message
                #expect(letter.topic == "martlet/dead-letter/w/in/a")
                #expect(String(buffer: letter.payload) == "a")
                #expect(letter.properties.userProperty("martlet-dead-letter-error") == "no luck with a")
                #expect(letter.properties.userProperty("martlet-dead-letter-worker") == "w-0")
                try await worker.stop()
                #expect(attempts.counts["a"] == 3)
                // A second life of the same replica finds nothing of it in its session.
                let next = try TestWorker(broker.worker("w"), handlers: handlers)
                next.start()
                try await broker.publish(["b"]) { "in/\($0)" }
                await attempts.wait(for: ["b"])
                try await next.stop()
                #expect(attempts.counts["a"] == 3)
            }
        }
    }

    @Test(
        "A message for a filter that this version no longer has is not lost, and blocks nothing",
        arguments: BrokerKind.allCases
    )
    func unrouted(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let tally = Tally()
            let counting = Texts { text, _ in tally.count(text) }
            let old = try TestWorker(broker.worker("w"), handlers: [HandlerRegistration("old/+", handler: counting)])
            old.start()
            try await broker.publishUntilRouted(["x"]) { "old/\($0)" }
            await tally.wait(for: ["x"])
            try await old.stop()
            try await broker.publish(["left"]) { "old/\($0)" }
            try await broker.withClient("reader") { client in
                _ = try await client.subscribe([MQTTSubscription("martlet/dead-letter/#")])
                let new = try TestWorker(
                    broker.worker("w"),
                    handlers: [HandlerRegistration("new/+", handler: counting)]
                )
                new.start()
                var iterator = client.deliveries.makeAsyncIterator()
                let letter = try #require(await iterator.next()).message
                #expect(letter.topic == "martlet/dead-letter/w/old/left")
                #expect(letter.properties.userProperty("martlet-dead-letter-reason") == "unrouted")
                try await broker.publish(["y"]) { "new/\($0)" }
                await tally.wait(for: ["y"])
                try await new.stop()
            }
            #expect(tally.counts["left"] == nil)
        }
    }

    // Mosquitto 2.0.11 closes the first one's connection without saying why, so only ours can be tested here.
    @Test("A second process with the same replica name takes over; the first says so and ends")
    func takenOver() async throws {
        try await BrokerUnderTest.with(.martlet) { broker in
            let tally = Tally()
            let handlers = [HandlerRegistration("in/+", handler: Texts { text, _ in tally.count(text) })]
            let first = try TestWorker(broker.worker("w"), handlers: handlers)
            first.start()
            try await broker.publishUntilRouted(["a"]) { "in/\($0)" }
            await tally.wait(for: ["a"])
            let second = try TestWorker(broker.worker("w"), handlers: handlers)
            second.start()
            let error = await #expect(throws: WorkerError.self) { try await first.waitUntilEnded() }
            #expect(error?.code == .connectionLost)
            #expect((error?.cause as? MQTTClientError)?.code == .sessionTakenOver)
            try await broker.publish(["b"]) { "in/\($0)" }
            await tally.wait(for: ["b"])
            try await second.stop()
        }
    }

    @Test("A handler that can not start keeps the worker from taking anything")
    func handlerDoesNotStart() async throws {
        let worker = try TestWorker(
            WorkerConfiguration(name: "w"),
            handlers: [HandlerRegistration("in/+", handler: Unstartable())]
        )
        worker.start()
        let error = await #expect(throws: WorkerError.self) { try await worker.waitUntilEnded() }
        #expect(error?.code == .handlerNotStarted)
    }

    private struct Unstartable: Handler {
        func start() async throws { throw Failure(description: "no database") }
        func handle(_ message: [UInt8], context: HandlerContext) async throws {}
    }
}
