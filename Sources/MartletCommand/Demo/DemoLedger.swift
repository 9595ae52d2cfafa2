import CrashPoints
import Glibc
import Synchronization

/// Everything that is counted in a run, from whatever thread it comes.
final class DemoLedger: Sendable {
    private let oracle: Oracle
    /// The results that must come, by their topics.
    private let expected: [String: String]
    private let state: Mutex<State>

    private struct State {
        var sent = 0
        var finished: [Bool]
        var handled = 0
        var handledAgain = 0
        var publications: [String: Set<Publication>] = [:]
        var wrong = 0
        var cameBack = 0
        var finding: StateFinding?
        var replicaKills = 0
        var brokerKills = 0
        var crashes: [CrashPoint: Int] = [:]
        var inHand: [TakeoverTimes.Process: Set<Int>] = [:]
        /// The processes of replicas that have begun a message at any time.
        var begun: Set<TakeoverTimes.Process> = []
        var takeovers = TakeoverTimes()
        var lastHandling: Duration?
        var failure: String?

        var publishedTwice: Int { publications.values.reduce(0) { $0 + $1.count - 1 } }
    }

    init(oracle: Oracle) {
        self.oracle = oracle
        let results = oracle.allDays.filter(\.isFinished).map { ($0.topic, $0.result) }
        expected = Dictionary(results) { first, _ in first }
        state = Mutex(State(finished: [Bool](repeating: false, count: oracle.messages)))
    }

    /// What is shown while the run goes on.
    var progress: DemoProgress {
        state.withLock {
            DemoProgress(
                sent: $0.sent,
                handled: $0.handled,
                results: $0.publications.count,
                replicaKills: $0.replicaKills,
                brokerKills: $0.brokerKills,
                crashes: $0.crashes.values.reduce(0, +),
                failure: $0.failure
            )
        }
    }

    /// How many different results must come.
    var expectedResults: Int { expected.count }

    /// The broker has taken so many messages from the publisher.
    func sent(_ count: Int) {
        state.withLock { $0.sent = count }
    }

    /// A result arrived at the observer.
    func result(topic: String, payload: String, publication: Publication) {
        let isRight = expected[topic] == payload
        state.withLock { state in
            guard isRight else {
                state.wrong += 1
                return
            }
            state.publications[topic, default: []].insert(publication)
        }
    }

    /// A process of a replica said how far it is with a message.
    func handling(_ line: HandlingLine, by process: TakeoverTimes.Process) {
        guard let index = oracle.message(named: line.message) else { return }
        state.withLock { state in
            switch line.step {
            case .started:
                state.begun.insert(process)
                state.inHand[process, default: []].insert(index)
            case .finished:
                state.inHand[process]?.remove(index)
                if state.finished[index] { state.handledAgain += 1 } else { state.handled += 1 }
                state.finished[index] = true
                state.lastHandling = max(state.lastHandling ?? line.time, line.time)
                state.takeovers.handled(index, by: process, at: line.time)
            }
        }
    }

    /// A process of a replica is being killed, or was found to have died at a numbered point.
    func replicaKilled(_ process: TakeoverTimes.Process, at time: Duration, by point: CrashPoint? = nil) {
        state.withLock { state in
            if let point { state.crashes[point, default: 0] += 1 } else { state.replicaKills += 1 }
            state.takeovers.killed(process, at: time)
        }
    }

    /// All that a process of a replica said was read; it is gone.
    func replicaEnded(_ process: TakeoverTimes.Process) {
        state.withLock { state in
            let inHand = state.inHand.removeValue(forKey: process) ?? []
            state.takeovers.lastWords(of: process, inHand: inHand)
        }
    }

    /// A process of a replica that was asked to end has ended.
    ///
    /// It ends with 0. Only one that was started a moment ago may be ended by the signal itself, which it does not heed yet: such a one
    /// has nothing in its hands, and has never had.
    func replicaStopped(_ process: TakeoverTimes.Process, as ending: ChildProcess.Ending) {
        let hadBegun = state.withLock { $0.begun.contains(process) }
        if ending == .exited(0) || (ending == .killed(signal: SIGTERM) && !hadBegun) { return }
        fail("a replica that was asked to end ended otherwise: \(ending)")
    }

    /// The broker is being killed, or was found to have died at a numbered point.
    func brokerKilled(by point: CrashPoint? = nil) {
        state.withLock { state in
            if let point { state.crashes[point, default: 0] += 1 } else { state.brokerKills += 1 }
        }
    }

    /// What was found in the state store when all was over.
    func found(_ finding: StateFinding) {
        state.withLock { $0.finding = finding }
    }

    /// A message that was applied came again after all was over.
    func cameBack() {
        state.withLock { $0.cameBack += 1 }
    }

    /// Something ended that should not have; the first such thing is kept.
    func fail(_ reason: String) {
        state.withLock { $0.failure = $0.failure ?? reason }
    }

    /// What the run came to.
    func verdict(seed: UInt64, started: Duration) -> Verdict {
        state.withLock { state in
            let takeovers = Percentiles(state.takeovers.finished)
            let seconds = ((state.lastHandling ?? started) - started).inSeconds
            let finding = state.finding ?? StateFinding()
            let missingResults = state.sent == oracle.messages ? expected.count - state.publications.count : 0
            return Verdict(
                messages: oracle.messages,
                sent: state.sent,
                handled: finding.applied,
                lost: max(state.sent - finding.applied, 0) + missingResults,
                handledAgain: state.handledAgain,
                appliedTwice: finding.appliedTwice,
                publishedTwice: state.publishedTwice,
                cameBack: state.cameBack,
                wrong: state.wrong + finding.wrong,
                results: state.publications.count,
                replicaKills: state.replicaKills,
                brokerKills: state.brokerKills,
                crashPointKills: Dictionary(
                    uniqueKeysWithValues: state.crashes.map { ("\($0.key.rawValue)", $0.value) }
                ),
                takeoverP50Milliseconds: takeovers.time(at: 0.5)?.inMilliseconds,
                takeoverP99Milliseconds: takeovers.time(at: 0.99)?.inMilliseconds,
                takeoverMaxMilliseconds: takeovers.longest?.inMilliseconds,
                messagesPerSecond: seconds > 0 ? (Double(finding.applied) / seconds).rounded() : 0,
                seconds: (seconds * 100).rounded() / 100,
                seed: seed,
                failure: state.failure
            )
        }
    }
}
