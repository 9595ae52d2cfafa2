import CrashPoints
import Glibc
import Synchronization

/// The processes of a run: the broker and the replicas, started, killed and started again.
actor DemoFleet {
    /// How long a process may take to end when it is asked to.
    private static let grace = Duration.seconds(15)

    private let plan: DemoPlan
    private let port: Int
    private let folder: DemoFolder
    private let ledger: DemoLedger
    private let expectations = Expectations()
    private var broker: Member?
    private var replicas: [Member?]
    private var armings: CrashPointSchedule
    private var lastNumber = 0
    private var isStopping = false
    /// Whether a process that ends is started again.
    private var restarts = true

    private struct Member {
        var number: TakeoverTimes.Process
        var process: ChildProcess
    }

    /// What ended by itself at the point that it was armed with.
    private enum Place: Sendable {
        case broker
        case replica(Int)
    }

    /// Which processes may end: a process that ends by itself is a failure of the run.
    private final class Expectations: Sendable {
        private let ending = Mutex<(all: Bool, numbers: Set<Int>)>((false, []))

        func expectEnd(of number: Int) {
            ending.withLock { _ = $0.numbers.insert(number) }
        }

        func expectAllToEnd() {
            ending.withLock { $0.all = true }
        }

        func expects(_ number: Int) -> Bool {
            ending.withLock { $0.all || $0.numbers.contains(number) }
        }
    }

    init(plan: DemoPlan, port: Int, folder: DemoFolder, ledger: DemoLedger) {
        self.plan = plan
        self.port = port
        self.folder = folder
        self.ledger = ledger
        self.replicas = Array(repeating: nil, count: plan.replicas)
        self.armings = CrashPointSchedule(seed: plan.seed)
    }

    /// Starts the broker.
    func startBroker() throws {
        let arguments = [
            "broker", "--bind", "127.0.0.1", "--port", "\(port)", "--data", folder.data, "--log-level", "notice",
            "--until-input-ends",
        ]
        let number = nextNumber()
        let process = try start("broker", .broker, number: number, arguments: arguments)
        broker = Member(number: number, process: process)
    }

    /// Starts all replicas.
    func startReplicas() throws {
        for index in replicas.indices { try startReplica(index) }
    }

    /// Kills the target with -9 and starts it again; a target that is down at the moment is left alone.
    func carryOut(_ kill: Kill, counts: Bool = true) async throws {
        switch kill.target {
        case .broker:
            guard let member = broker, !isStopping else { return }
            broker = nil
            expectations.expectEnd(of: member.number)
            if counts { ledger.brokerKilled() }
            member.process.send(SIGKILL)
            _ = await member.process.waitUntilEnded()
            if !isStopping { try startBroker() }
        case .replica(let index):
            guard let member = replicas[index], !isStopping else { return }
            replicas[index] = nil
            expectations.expectEnd(of: member.number)
            if counts { ledger.replicaKilled(member.number, at: HandlingLine.now) }
            member.process.send(SIGKILL)
            _ = await member.process.waitUntilEnded()
            if !isStopping && restarts { try startReplica(index) }
        }
    }

    /// Lets nobody be killed or die at a point any more; who is down is started again, and nobody who is armed is left.
    func calm() async throws {
        guard plan.crashPoints else { return }
        // An armed process may die at any time: it gives way to one that is not.
        armings.isOver = true
        for index in replicas.indices { try await carryOut(Kill(at: .zero, target: .replica(index)), counts: false) }
        try await carryOut(Kill(at: .zero, target: .broker), counts: false)
    }

    /// Asks the replicas to end; they hand back what they hold, and each ends with exit code 0.
    func stopReplicas() async {
        restarts = false
        let members = replicas.compactMap { $0 }
        for member in members { expectations.expectEnd(of: member.number) }
        _ = await end(members.map(\.process), with: SIGTERM)
        for member in members {
            ledger.replicaStopped(member.number, as: await member.process.waitUntilEnded())
        }
    }

    /// Kills the broker once more and starts it again: what is looked at afterwards is what was durable.
    func restartBroker() async throws {
        try await carryOut(Kill(at: .zero, target: .broker))
    }

    /// Asks whoever is left to end, and kills what does not.
    func stop() async {
        isStopping = true
        expectations.expectAllToEnd()
        _ = await end(replicas.compactMap { $0?.process }, with: SIGTERM)
        _ = await end([broker].compactMap { $0?.process }, with: SIGTERM)
    }

    /// Kills everything at once.
    func abort() async {
        isStopping = true
        expectations.expectAllToEnd()
        _ = await end(replicas.compactMap { $0?.process } + [broker].compactMap { $0?.process }, with: SIGKILL)
    }

    private func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    private func startReplica(_ index: Int) throws {
        let name = "replica-\(index)"
        let number = nextNumber()
        let arguments = [
            DemoReplicaCommand.name, "--port", "\(port)", "--replica", name, "--checkpoint", folder.checkpoints,
            "--work",
            "\(plan.work / .milliseconds(1))",
        ]
        let process = try start(name, .replica(index), number: number, arguments: arguments) { [ledger] line in
            if let handling = HandlingLine(line) { ledger.handling(handling, by: number) }
        } onEnd: { [ledger] in
            ledger.replicaEnded(number)
        }
        replicas[index] = Member(number: number, process: process)
    }

    private func start(
        _ name: String,
        _ place: Place,
        number: Int,
        arguments: [String],
        onLine: @escaping @Sendable (String) -> Void = { _ in },
        onEnd: @escaping @Sendable () -> Void = {}
    ) throws -> ChildProcess {
        var arming: CrashPointArming?
        if plan.crashPoints {
            if case .broker = place { arming = armings.next(of: .broker) } else { arming = armings.next(of: .worker) }
        }
        let environment = arming.map { [CrashPoints.variable: $0.description] } ?? [:]
        return try ChildProcess(
            arguments: arguments,
            environment: environment,
            log: folder.log(of: name),
            onLine: onLine
        ) { [ledger, folder, expectations, arming, weak self] ending in
            let isExpected = expectations.expects(number)
            if let arming, !isExpected, ending == .killed(signal: SIGKILL) {
                // Counted before its last words, as a kill from outside is.
                switch place {
                case .broker: ledger.brokerKilled(by: arming.point)
                case .replica: ledger.replicaKilled(number, at: HandlingLine.now, by: arming.point)
                }
                onEnd()
                Task { [self] in await self?.startAgain(place, number: number) }
                return
            }
            onEnd()
            guard !isExpected else { return }
            ledger.fail("\(name) ended by itself (\(ending)): \(folder.lastLines(of: name))")
        }
    }

    /// Starts what has died at its point, unless somebody else has done so.
    private func startAgain(_ place: Place, number: Int) {
        guard !isStopping, restarts else { return }
        do {
            switch place {
            case .broker:
                guard broker?.number == number else { return }
                try startBroker()
            case .replica(let index):
                guard replicas[index]?.number == number else { return }
                try startReplica(index)
            }
        } catch {
            ledger.fail("\(error)")
        }
    }

    /// Sends the signal, and SIGKILL after the grace; returns how each ended.
    private func end(_ processes: [ChildProcess], with signal: Int32) async -> [ChildProcess.Ending] {
        for process in processes { process.send(signal) }
        return await withTaskGroup { group in
            for process in processes {
                group.addTask { Optional(await process.waitUntilEnded()) }
            }
            group.addTask {
                try? await Task.sleep(for: Self.grace)
                if !Task.isCancelled { for process in processes { process.send(SIGKILL) } }
                return nil
            }
            var endings: [ChildProcess.Ending] = []
            while endings.count < processes.count, let ending = await group.next() {
                if let ending { endings.append(ending) }
            }
            group.cancelAll()
            return endings
        }
    }
}
