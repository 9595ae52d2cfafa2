import Logging
import MQTTClient
import Metrics
import NIOCore
import StateStoreClient
import Synchronization
import Tracing

@testable import Martlet

/// Replicas at level B that move units between accounts, die at any request, and get messages again that they had done.
///
/// Each message changes two or three keys; an account says how often each message was applied to it.
final class LevelBSimulation: Sendable {
    static let accounts = StateKey<[String: Int]>("accounts")
    private static let replicas = 3
    private static let messages = 24
    private static let keys = 5
    /// How often a message is delivered again though it was done.
    private static let repeats = 8

    private struct Work {
        var queue: [String]
        var handled: [String: Int] = [:]
        var deaths = 0
        var repeatsLeft = LevelBSimulation.repeats
        var published: [String: Set<String>] = [:]
    }

    private let scheduler: StepScheduler
    private let store: SimulatedStore
    private let work: Mutex<Work>

    init(seed: UInt64) {
        scheduler = StepScheduler(seed: seed, tasks: Self.replicas)
        store = SimulatedStore(scheduler: scheduler)
        var numbers = SeededNumbers(seed &+ 77)
        work = Mutex(
            Work(
                queue: (0..<Self.messages).map { number in
                    var keys = Set<Int>()
                    while keys.count < 2 + number % 2 { keys.insert(numbers.below(Self.keys)) }
                    return "m\(number) " + keys.sorted().map(String.init).joined(separator: " ")
                }
            )
        )
    }

    /// How often a replica died.
    var deaths: Int { work.withLock { $0.deaths } }

    /// Plays it to its end.
    ///
    /// - Returns: What is wrong; nothing when all is right.
    func run() async throws -> [String] {
        let all = work.withLock { $0.queue }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for replica in 0..<Self.replicas {
                group.addTask {
                    defer { self.scheduler.ended() }
                    try await self.live(replica)
                }
            }
            try await group.waitForAll()
        }
        return try findings(all)
    }

    private func live(_ replica: Int) async throws {
        let route = try Route(
            HandlerRegistration("in/+", handler: Texts(Self.handle)),
            configuration: Self.configuration
        )
        var life = 0
        while true {
            // Another replica may die with the last message in hand.
            await scheduler.turn()
            guard let text = take() else {
                if work.withLock({ $0.handled.count == Self.messages && $0.queue.isEmpty }) { return }
                continue
            }
            life += 1
            let (ledger, processor) = makeReplica(replica, life)
            let name = String(text.split(separator: " ")[0])
            let message = MQTTMessage(topic: "in/x", text: text)
            let settlement = DeduplicatedSettlement(ledger: ledger, processor: processor, identifier: name)
            let report = await processor.process(message, redelivered: false, route: route, settlement: settlement)
            work.withLock { work in
                switch report.settlement {
                case .handled, .gone:
                    work.handled[name, default: 0] += 1
                    guard work.repeatsLeft > 0 else { return }
                    work.repeatsLeft -= 1
                    work.queue.append(text)
                default: work.queue.append(text)
                }
            }
        }
    }

    private static let configuration: WorkerConfiguration = {
        var configuration = WorkerConfiguration(name: "w")
        configuration.retry = RetryPolicy(attempts: 1000, base: .milliseconds(1), cap: .milliseconds(10))
        return configuration
    }()

    private static func handle(_ text: String, _ context: HandlerContext) async throws {
        let parts = text.split(separator: " ").map(String.init)
        for key in parts[1...] {
            try await context.state.update(accounts[key], default: [:]) { $0[parts[0], default: 0] += 1 }
        }
        try context.publish(text: parts[0], to: "out")
    }

    private func take() -> String? {
        let index = scheduler.draw(1 << 20)
        return work.withLock { work in
            work.queue.isEmpty ? nil : work.queue.remove(at: index % work.queue.count)
        }
    }

    private func makeReplica(_ replica: Int, _ life: Int) -> (StateLedger, MessageProcessor) {
        let death = Latch<Void>()
        let port = SimulatedPort(store: store) { [self] in
            work.withLock { $0.deaths += 1 }
            death.set(())
        }
        let time = WorkerTime(clock: scheduler, wall: { [scheduler] in scheduler.now.offset / .seconds(1) })
        let ledger = StateLedger(
            port: port,
            root: "w",
            replica: "w-\(replica)",
            seedingPatience: .zero,
            quotaPatience: .zero,
            memoryBytes: 0,
            checkpoint: nil,
            time: time,
            randomness: { 0.5 },
            metrics: StateMetrics(worker: "w", factory: NOOPMetricsHandler.instance),
            logger: .silent
        )
        ledger.attachment.open(
            StoreIncarnation(text: [], version: StateStoreVersion(milliseconds: 0, counter: 0, node: "s"))
        )
        let processor = MessageProcessor(
            identity: WorkerIdentity(name: "w", replica: "\(replica)-\(life)"),
            time: time,
            randomness: { 0.5 },
            deadLetterPrefix: { _ in "dead" },
            stop: death,
            overdue: { _ in },
            onStep: nil,
            metrics: [:],
            logger: .silent,
            tracer: NoOpTracer(),
            publish: { [self] message in
                do {
                    try await port.step()
                } catch {
                    throw MQTTClientError(.closed, "the replica is dead")
                }
                let identifier = message.properties.userProperty("martlet-id") ?? "none"
                work.withLock { _ = $0.published[message.text, default: []].insert(identifier) }
            }
        )
        return (ledger, processor)
    }

    // MARK: Judging

    /// What a key holds once its intent is carried out, as its next reader will.
    private func decided(_ envelope: StateEnvelope, of key: String) throws -> StateEnvelope {
        guard let name = envelope.pending, let entry = store.get(StateStoreKey("w/\(StateIntent.key(name))")),
            let change = StateIntent(entry.value)?.changes?.first(where: { $0.key == key })
        else { return envelope }
        return try StateEnvelope(change.envelope, key: key)
    }

    private func findings(_ all: [String]) throws -> [String] {
        var findings: [String] = []
        var applied: [String: [String: Int]] = [:]
        for key in 0..<Self.keys {
            let name = "accounts/\(key)"
            guard let entry = store.get(StateStoreKey("w/\(name)")) else { continue }
            let envelope = try decided(try StateEnvelope(entry.value, key: name), of: name)
            applied["\(key)"] = envelope.isRemoved ? [:] : try Self.accounts.decode(envelope.payload, envelope.schema)
        }
        for text in all {
            let parts = text.split(separator: " ").map(String.init)
            for key in 0..<Self.keys {
                let times = applied["\(key)"]?[parts[0]] ?? 0
                let wanted = parts[1...].contains("\(key)") ? 1 : 0
                if times != wanted { findings.append("\(text) is applied \(times) times to \(key)") }
            }
            let identifiers = work.withLock { $0.published[parts[0]] ?? [] }
            if identifiers != ["\(parts[0])/0"] { findings.append("\(text) was published as \(identifiers)") }
        }
        return findings
    }
}
