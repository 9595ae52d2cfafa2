import Martlet
import MartletTesting
import MetricsTestKit
import NIOCore
import Testing

/// What a worker promises while it, or the broker, dies: nothing is lost.
@Suite("Nothing is lost", .timeLimit(.minutes(10)))
struct CrashTests {
    private struct Life: CustomTestStringConvertible {
        var kind: BrokerKind
        var point: WorkerCrashPoint
        var testDescription: String { "\(kind), \(point)" }

        static let all = BrokerKind.allCases.flatMap { kind in
            WorkerCrashPoint.allCases.map { Life(kind: kind, point: $0) }
        }
    }

    private let fifty = (0..<50).map(String.init)

    @Test("A replica dies with messages in its hands, and comes back", arguments: Life.all)
    private func replicaDies(life: Life) async throws {
        try await BrokerUnderTest.with(life.kind) { broker in
            let tally = Tally()
            let handlers = [
                HandlerRegistration(
                    "in/+",
                    handler: Texts { text, context in try context.publish(text: text, to: "out/\(text)") }
                )
            ]
            try await broker.withClient("reader") { client in
                _ = try await client.subscribe([MQTTSubscription("out/#")])
                try await withThrowingDiscardingTaskGroup { group in
                    group.addTask {
                        for await delivery in client.deliveries {
                            tally.count(String(buffer: delivery.message.payload))
                            delivery.acknowledge()
                        }
                    }
                    let first = try TestWorker(broker.worker("w", replica: "0"), handlers: handlers)
                    let second = try TestWorker(broker.worker("w", replica: "1"), handlers: handlers)
                    first.start()
                    try await broker.publishUntilRouted(["up"]) { "in/\($0)" }
                    await tally.wait(for: ["up"])
                    second.start()
                    async let death: Void = first.crash(at: life.point)
                    try await broker.publish(fifty) { "in/\($0)" }
                    await death
                    // Mosquitto keeps what the dead one held for the replica of that name, and for nobody else.
                    let next = try TestWorker(broker.worker("w", replica: "0"), handlers: handlers)
                    next.start()
                    await tally.wait(for: fifty)
                    try await next.stop()
                    try await second.stop()
                    group.cancelAll()
                }
            }
        }
    }

    @Test("On our broker the living take over at once what a dead replica held: nobody needs to come back")
    func takeover() async throws {
        try await BrokerUnderTest.with(.martlet) { broker in
            let tally = Tally()
            let held = Tally()
            let stuck = HandlerRegistration(
                "in/+",
                handler: Texts { text, _ in
                    held.count(text)
                    try await Task.sleep(for: .seconds(3600))
                }
            )
            var configuration = broker.worker("w", replica: "0")
            configuration.slots = 4
            let first = try TestWorker(configuration, handlers: [stuck])
            first.start()
            let four = ["a", "b", "c", "d"]
            try await broker.publishUntilRouted(four) { "in/\($0)" }
            await held.wait(for: four)
            let second = try TestWorker(
                broker.worker("w", replica: "1"),
                handlers: [
                    HandlerRegistration(
                        "in/+",
                        handler: Texts { text, context in
                            #expect(context.redelivered == four.contains(text))
                            tally.count(text)
                        }
                    )
                ]
            )
            second.start()
            try await broker.publish(fifty) { "in/\($0)" }
            await tally.wait(for: fifty)
            await first.crash()
            await tally.wait(for: four)
            try await second.stop()
            #expect(tally.total == 54, "each once")
        }
    }

    @Test("The broker goes and comes back while replicas work", arguments: BrokerKind.allCases)
    func brokerComesBack(kind: BrokerKind) async throws {
        try await BrokerUnderTest.with(kind) { broker in
            let tally = Tally()
            let handlers = [
                HandlerRegistration(
                    "in/+",
                    handler: Texts { text, context in
                        tally.count(text)
                        try context.publish(text: text, to: "out/\(text)")
                    }
                )
            ]
            let workers = try (0..<2).map { number in
                try TestWorker(broker.worker("w", replica: "\(number)"), handlers: handlers)
            }
            for worker in workers { worker.start() }
            try await broker.publishUntilRouted(["up"]) { "in/\($0)" }
            try await broker.withClient("publisher") { client in
                for (index, text) in fifty.enumerated() {
                    if index % 20 == 10 { try await broker.restart() }
                    let message = MQTTMessage(topic: "in/\(text)", text: text)
                    // Mosquitto forgets shared subscriptions until the replicas are back, and says so.
                    while try await client.publish(message).reasonCode == .noMatchingSubscribers { await Task.yield() }
                }
            }
            await tally.wait(for: fifty)
            for worker in workers { try await worker.stop() }
        }
    }

    // Mosquitto keeps everything in memory until it ends in order: so nothing of before can be asked of it here.
    @Test("Mosquitto is killed, and has forgotten everything: the replicas say so, and work on")
    func mosquittoDies() async throws {
        try await BrokerUnderTest.with(.mosquitto) { broker in
            let tally = Tally()
            let metrics = TestMetrics()
            let handlers = [HandlerRegistration("in/+", handler: Texts { text, _ in tally.count(text) })]
            let workers = try (0..<2).map { number in
                var configuration = broker.worker("w", replica: "\(number)")
                configuration.metricsFactory = metrics
                return try TestWorker(configuration, handlers: handlers)
            }
            for worker in workers { worker.start() }
            for life in 0..<3 {
                try await broker.publishUntilRouted(["\(life)"]) { "in/\($0)" }
                await tally.wait(for: ["\(life)"])
                try await broker.killAndRestart()
            }
            try await broker.publishUntilRouted(fifty) { "in/\($0)" }
            await tally.wait(for: fifty)
            for worker in workers { try await worker.stop() }
            let lost = try metrics.expectCounter("martlet_worker_sessions_lost", [("worker", "w")])
            #expect(lost.totalValue > 0)
        }
    }

    @Test("A broker that dies at any point of a page loses nothing that it took", arguments: BrokerCrashPoint.allCases)
    func brokerDiesAtAPoint(point: BrokerCrashPoint) async throws {
        try await TestBroker.withBroker { broker in
            let tally = Tally()
            var configuration = WorkerConfiguration(name: "w")
            configuration.broker = broker.endpoint
            configuration.backoff = MQTTBackoff(base: .milliseconds(5), cap: .milliseconds(50))
            let worker = try TestWorker(
                configuration,
                handlers: [HandlerRegistration("in/+", handler: Texts { text, _ in tally.count(text) })]
            )
            worker.start()
            var publisher = MQTTClientConfiguration(endpoint: broker.endpoint, clientIdentifier: "publisher")
            publisher.backoff = configuration.backoff
            try await MQTTClient.withConnection(publisher, logger: .silent) { client in
                while tally.counts["up"] == nil {
                    _ = try await client.publish(MQTTMessage(topic: "in/up", text: "up"))
                    await Task.yield()
                }
                async let death: Void = broker.crash(at: point)
                async let sent: Void = {
                    for text in fifty {
                        _ = try await client.publish(MQTTMessage(topic: "in/\(text)", text: text))
                    }
                }()
                await death
                try await broker.restart()
                try await sent
                await tally.wait(for: fifty)
            }
            try await worker.stop()
        }
    }
}
