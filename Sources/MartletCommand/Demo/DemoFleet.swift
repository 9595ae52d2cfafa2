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
    private var lastNumber = 0
    private var isStopping = false

    private struct Member {
        var number: TakeoverTimes.Process
        var process: ChildProcess
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
    }

    /// Starts the broker.
    func startBroker() throws {
        let arguments = [
            "broker", "--bind", "127.0.0.1", "--port", "\(port)", "--data", folder.data, "--log-level", "notice",
            "--until-input-ends",
        ]
        let number = nextNumber()
        broker = Member(
            number: number,
            process: try start("broker", number: number, arguments: arguments, onLine: { _ in }, onEnd: {})
        )
    }

    /// Starts all replicas.
    func startReplicas() throws {
        for index in replicas.indices { try startReplica(index) }
    }

    /// Kills the target with -9 and starts it again; a target that is down at the moment is left alone.
    func carryOut(_ kill: Kill) async throws {
        switch kill.target {
        case .broker:
            guard let member = broker, !isStopping else { return }
            broker = nil
            expectations.expectEnd(of: member.number)
            ledger.brokerKilled()
            member.process.send(SIGKILL)
            _ = await member.process.waitUntilEnded()
            if !isStopping { try startBroker() }
        case .replica(let index):
            guard let member = replicas[index], !isStopping else { return }
            replicas[index] = nil
            expectations.expectEnd(of: member.number)
            ledger.replicaKilled(member.number, at: HandlingLine.now)
            member.process.send(SIGKILL)
            _ = await member.process.waitUntilEnded()
            if !isStopping { try startReplica(index) }
        }
    }

    /// Asks the replicas and then the broker to end, and kills what does not.
    func stop() async {
        isStopping = true
        expectations.expectAllToEnd()
        await end(replicas.compactMap { $0?.process }, with: SIGTERM)
        await end([broker].compactMap { $0?.process }, with: SIGTERM)
    }

    /// Kills everything at once.
    func abort() async {
        isStopping = true
        expectations.expectAllToEnd()
        await end(replicas.compactMap { $0?.process } + [broker].compactMap { $0?.process }, with: SIGKILL)
    }

    private func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    private func startReplica(_ index: Int) throws {
        let name = "replica-\(index)"
        let number = nextNumber()
        let arguments = [
            DemoReplicaCommand.name, "--port", "\(port)", "--replica", name, "--work",
            "\(plan.work / .milliseconds(1))",
        ]
        let process = try start(name, number: number, arguments: arguments) { [ledger] line in
            if let handling = HandlingLine(line) { ledger.handling(handling, by: number) }
        } onEnd: { [ledger] in
            ledger.replicaEnded(number)
        }
        replicas[index] = Member(number: number, process: process)
    }

    private func start(
        _ name: String,
        number: Int,
        arguments: [String],
        onLine: @escaping @Sendable (String) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) throws -> ChildProcess {
        try ChildProcess(arguments: arguments, log: folder.log(of: name), onLine: onLine) {
            [ledger, folder, expectations] ending in
            onEnd()
            guard !expectations.expects(number) else { return }
            ledger.fail("\(name) ended by itself (\(ending)): \(folder.lastLines(of: name))")
        }
    }

    private func end(_ processes: [ChildProcess], with signal: Int32) async {
        for process in processes { process.send(signal) }
        await withTaskGroup { group in
            for process in processes {
                group.addTask { _ = await process.waitUntilEnded() }
            }
            group.addTask {
                try? await Task.sleep(for: Self.grace)
                if !Task.isCancelled { for process in processes { process.send(SIGKILL) } }
            }
            for _ in processes { await group.next() }
            group.cancelAll()
        }
    }
}
