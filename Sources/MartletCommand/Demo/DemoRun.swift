import ArgumentParser
import Logging
import MQTTClient
import ServiceLifecycle
import Temperatures

/// One run of the demonstration, from the first process to the verdict.
struct DemoRun: Sendable {
    /// The run is given up when nothing new was handled for so long.
    static let stallLimit = Duration.seconds(60)
    /// So many results may come before the first is acknowledged.
    static let window = 256
    /// How often the run looks whether it is over.
    private static let lookInterval = Duration.milliseconds(20)
    /// The topic of the message that ends the observer's work.
    private static let lastResult = "temperatures/daily/end/of-run"
    /// The exit code of a process that SIGINT ended.
    private static let interrupted = ExitCode(130)

    private let plan: DemoPlan
    private let report: DemoReport
    private let oracle: Oracle
    private let ledger: DemoLedger
    private let fleet: DemoFleet
    private let port: Int
    private let logger = LogLevel.critical.logger(label: "martlet.demo")

    init(plan: DemoPlan, folder: DemoFolder, report: DemoReport) throws {
        self.plan = plan
        self.report = report
        self.oracle = try Oracle(messages: plan.messages, stations: plan.stations, file: Temperatures.recordedFile)
        self.ledger = DemoLedger(oracle: oracle)
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
        let observer = MQTTClient(configuration: configuration(of: "observer"), logger: logger)
        let publisher = MQTTClient(configuration: configuration(of: "publisher"), logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await attempt("the observer's connection") { try await observer.run() } }
            group.addTask { await attempt("the publisher's connection") { try await publisher.run() } }
            let answers = try await observer.subscribe([MQTTSubscription(Temperatures.resultFilter)])
            guard answers.allSatisfy({ !$0.isError }) else { throw CommandFailure("the broker refused \(answers)") }
            try await audit { try await $0.keepGroup() }
            try await fleet.startReplicas()
            let started = HandlingLine.now
            group.addTask { await attempt("publishing") { try await publish(by: publisher) } }
            async let watching: Void = observe(observer)
            try await killUntilHandled()
            report.finish()
            report.say("  all is sent; reading the state out of the store, and what is left in the group")
            await attempt("the end") { try await settle(publisher) }
            // Behind whatever was published before: when it comes, the observer has all results.
            await attempt("the end") { _ = try await publisher.publish(MQTTMessage(topic: Self.lastResult, text: "")) }
            if ledger.progress.failure == nil { await watching }
            group.cancelAll()
            await fleet.stop()
            return ledger.verdict(seed: plan.seed, started: started)
        }
    }

    /// Lets processes die until every message was handled and every result is there, the run has failed, or nothing moves any more.
    private func killUntilHandled() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if plan.kills { group.addTask { await attempt("killing") { try await kill() } } }
            try await wait { progress in
                progress.sent == plan.messages && progress.handled == plan.messages
                    && progress.results >= ledger.expectedResults
            }
            group.cancelAll()
        }
    }

    /// Brings everything to rest and holds what there is against the oracle.
    private func settle(_ client: MQTTClient) async throws {
        guard ledger.progress.failure == nil else { return }
        try await fleet.calm()
        let reader = StoreReader(client: client)
        // A message may have been handled to its end by a replica that died with its commit: it is handled again now.
        let open = oracle.allDays.filter { !$0.isFinished }
        let start = ContinuousClock.now
        while try await reader.judge(open).missing > 0, ContinuousClock.now - start < Self.stallLimit {
            try await Task.sleep(for: Self.lookInterval)
        }
        await fleet.stopReplicas()
        if plan.kills { try await fleet.restartBroker() }
        let left = try await audit { try await $0.takeLeftOver() }
        let days = oracle.allDays
        ledger.found(try await reader.judge(days))
        for name in left where try await isApplied(name, reader) { ledger.cameBack() }
    }

    /// Whether the state counts the reading.
    private func isApplied(_ name: String, _ reader: StoreReader) async throws -> Bool {
        let parts = name.split(separator: "/")
        guard parts.count == 3, let hour = Int(parts[2]), oracle.message(named: name) != nil else { return false }
        let key = "temperatures/days/\(parts[0])/\(parts[1])"
        guard let bytes = try await reader.get(key).bytes, let day = StoredDay(bytes) else { return false }
        return day.hours.indices.contains(hour) && day.hours[hour] > 0
    }

    private func audit<Result: Sendable>(
        _ body: (GroupAuditor) async throws -> Result
    ) async throws -> Result {
        var configuration = configuration(of: "auditor")
        configuration.userProperties = []
        return try await MQTTClient.withConnection(configuration, logger: logger) {
            try await body(GroupAuditor(client: $0))
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
        // Asks the broker for its extension: commits for the publisher, the names of messages for the observer.
        configuration.userProperties = [MQTTUserProperty("martlet", "1")]
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
            if progress.handled > best.handled || progress.results > best.results {
                best = progress
                lastMove = ContinuousClock.now
            } else if ContinuousClock.now - lastMove > Self.stallLimit {
                // Not a failure by itself: what is missing is found in the state.
                return
            }
            report.show(progress)
            try await Task.sleep(for: Self.lookInterval)
        }
    }

    private func publish(by client: MQTTClient) async throws {
        let messages = ReadingMessages(count: plan.messages, stations: plan.stations)
        try await ReadingPublisher(client: client, messages: messages, rate: plan.rate).publish { ledger.sent($0) }
    }

    /// Takes the results until the last one, which the run itself publishes.
    private func observe(_ client: MQTTClient) async {
        for await delivery in client.deliveries {
            let message = delivery.message
            delivery.acknowledge()
            if message.topic == Self.lastResult { return }
            let publication = Publication(
                identifier: message.properties.userProperty("martlet-id"),
                mark: message.properties.userProperty(Temperatures.markProperty)
            )
            ledger.result(topic: message.topic, payload: message.text, publication: publication)
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
