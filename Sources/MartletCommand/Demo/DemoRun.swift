import ArgumentParser
import Logging
import MQTTClient
import NIOCore
import ServiceLifecycle
import Temperatures

/// One run of the demonstration, from the first process to the verdict.
struct DemoRun: Sendable {
    /// The run is given up when nothing new was handled for so long.
    static let stallLimit = Duration.seconds(60)
    /// So many messages may wait for the broker's acknowledgement.
    static let window = 256
    /// How often the run looks whether it is over.
    private static let lookInterval = Duration.milliseconds(20)
    /// The exit code of a process that SIGINT ended.
    private static let interrupted = ExitCode(130)

    private let plan: DemoPlan
    private let report: DemoReport
    private let ledger: DemoLedger
    private let fleet: DemoFleet
    private let port: Int
    private let logger = LogLevel.critical.logger(label: "martlet.demo")

    init(plan: DemoPlan, folder: DemoFolder, report: DemoReport) throws {
        self.plan = plan
        self.report = report
        self.ledger = DemoLedger(messages: plan.messages)
        self.port = try FreePort.find()
        self.fleet = DemoFleet(plan: plan, port: port, folder: folder, ledger: ledger)
    }

    /// Runs until every message was handled, nothing moves any more or something failed; no process is left behind.
    ///
    /// - Returns: The verdict.
    /// - Throws: `ExitCode` 130 when interrupted; otherwise what kept the run from starting.
    func run() async throws -> Verdict {
        do {
            return try await SignalledRun<Verdict>.run(logger: logger) {
                try await cancelWhenGracefulShutdown { try await runUninterrupted() }
            }
        } catch {
            await fleet.abort()
            throw error is CancellationError ? Self.interrupted : error
        }
    }

    private func runUninterrupted() async throws -> Verdict {
        try await fleet.startBroker()
        let collector = MQTTClient(configuration: configuration(of: "collector"), logger: logger)
        let publisher = MQTTClient(configuration: configuration(of: "publisher"), logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await attempt("the collector's connection") { try await collector.run() } }
            group.addTask { await attempt("the publisher's connection") { try await publisher.run() } }
            let answers = try await collector.subscribe([MQTTSubscription(Temperatures.resultFilter)])
            guard answers.allSatisfy({ !$0.isError }) else { throw CommandFailure("the broker refused \(answers)") }
            group.addTask { await collect(from: collector) }
            try await fleet.startReplicas()
            try await publishFirst(by: publisher)
            let started = HandlingLine.now
            group.addTask { await attempt("publishing") { try await publishRest(by: publisher) } }
            if plan.kills { group.addTask { await attempt("killing") { try await kill() } } }
            try await wait { $0.handled == plan.messages && $0.sent == plan.messages }
            group.cancelAll()
            await fleet.stop()
            report.finish()
            return ledger.verdict(seed: plan.seed, started: started)
        }
    }

    private func configuration(of client: String) -> MQTTClientConfiguration {
        var configuration = MQTTClientConfiguration(
            endpoint: .tcp(host: "127.0.0.1", port: port),
            clientIdentifier: "demo-\(client)"
        )
        configuration.backoff = MQTTBackoff(base: .milliseconds(10), cap: .milliseconds(250))
        configuration.onSessionLost = .fail
        configuration.receiveMaximum = Self.window
        return configuration
    }

    /// Runs a part of the run; what it throws, unless it was cancelled, fails the run.
    private func attempt(_ name: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            if !Task.isCancelled { ledger.fail("\(name): \(error)") }
        }
    }

    /// Waits until the condition holds, the run has failed or nothing new was handled for the stall limit.
    private func wait(until isOver: (DemoProgress) -> Bool) async throws {
        var best = ledger.progress
        var lastMove = ContinuousClock.now
        while true {
            let progress = ledger.progress
            if isOver(progress) || progress.failure != nil { return }
            if progress.handled > best.handled {
                best = progress
                lastMove = ContinuousClock.now
            } else if ContinuousClock.now - lastMove > Self.stallLimit {
                ledger.fail("nothing was handled for \(Self.stallLimit)")
                return
            }
            report.show(progress)
            try await Task.sleep(for: Self.lookInterval)
        }
    }

    /// Publishes the first message again and again until it has a subscriber: from then on the group keeps what is sent to it.
    private func publishFirst(by client: MQTTClient) async throws {
        let first = Self.message(DayMessages(count: plan.messages)[0])
        let start = ContinuousClock.now
        while try await client.publish(first).reasonCode == .noMatchingSubscribers {
            if let failure = ledger.progress.failure { throw CommandFailure(failure) }
            guard ContinuousClock.now - start < Self.stallLimit else {
                throw CommandFailure("no replica joined the group")
            }
            try await Task.sleep(for: Self.lookInterval)
        }
        ledger.sent(1)
    }

    private func publishRest(by client: MQTTClient) async throws {
        var messages = DayMessages(count: plan.messages).dropFirst().makeIterator()
        var publisher = PacedPublisher(client: client, window: Self.window, rate: plan.rate)
        publisher.allowsNoSubscriber = false
        let tally = try await publisher.publish {
            messages.next().map(Self.message)
        } acknowledged: {
            ledger.sent(1 + $0)
        }
        if let failure = tally.failure { throw CommandFailure(failure) }
    }

    private static func message(_ day: DayMessage) -> MQTTMessage {
        MQTTMessage(topic: day.topic, payload: ByteBuffer(bytes: day.payload))
    }

    private func collect(from client: MQTTClient) async {
        for await delivery in client.deliveries {
            let message = delivery.message
            ledger.result(topic: message.topic, payload: Array(message.payload.readableBytesView), at: HandlingLine.now)
            delivery.acknowledge()
        }
    }

    /// Carries out the schedule; a kill and the start that follows it do not hold up the next one.
    private func kill() async throws {
        let start = ContinuousClock.now
        try await withThrowingDiscardingTaskGroup { group in
            for kill in KillSchedule(seed: plan.seed, replicas: plan.replicas) {
                try await Task.sleep(until: start + kill.at, clock: .continuous)
                group.addTask { try await fleet.carryOut(kill) }
            }
        }
    }
}
