import Synchronization
import Temperatures

/// Everything that is counted in a run, from whatever thread it comes.
final class DemoLedger: Sendable {
    private let expected: ExpectedResults
    private let state: Mutex<State>

    private struct State {
        var sent = 0
        var hasResult: [Bool]
        var finished: [Bool]
        var handled = 0
        var handledAgain = 0
        var wrong = 0
        var replicaKills = 0
        var brokerKills = 0
        var inHand: [TakeoverTimes.Process: Set<Int>] = [:]
        var takeovers = TakeoverTimes()
        var lastResult: Duration?
        var failure: String?
    }

    init(messages: Int) {
        self.expected = ExpectedResults(count: messages)
        let none = [Bool](repeating: false, count: messages)
        self.state = Mutex(State(hasResult: none, finished: none))
    }

    /// What is shown while the run goes on.
    var progress: DemoProgress {
        state.withLock {
            DemoProgress(
                sent: $0.sent,
                handled: $0.handled,
                replicaKills: $0.replicaKills,
                brokerKills: $0.brokerKills,
                failure: $0.failure
            )
        }
    }

    /// The broker has acknowledged so many messages to the publisher.
    func sent(_ count: Int) {
        state.withLock { $0.sent = count }
    }

    /// A result arrived at the collector.
    func result(topic: String, payload: [UInt8], at time: Duration) {
        let index = expected.index(ofTopic: topic)
        let isRight = index.map { expected[$0].payload == payload } ?? false
        state.withLock { state in
            guard let index, isRight else {
                state.wrong += 1
                return
            }
            guard !state.hasResult[index] else { return }
            state.hasResult[index] = true
            state.handled += 1
            state.lastResult = time
        }
    }

    /// A process of a replica said how far it is with a message.
    func handling(_ line: HandlingLine, by process: TakeoverTimes.Process) {
        guard let index = expected.index(ofTopic: line.topic) else { return }
        state.withLock { state in
            switch line.step {
            case .started:
                state.inHand[process, default: []].insert(index)
            case .finished:
                state.inHand[process]?.remove(index)
                if state.finished[index] { state.handledAgain += 1 }
                state.finished[index] = true
                state.takeovers.handled(index, by: process, at: line.time)
            }
        }
    }

    /// A process of a replica is being killed.
    func replicaKilled(_ process: TakeoverTimes.Process, at time: Duration) {
        state.withLock { state in
            state.replicaKills += 1
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

    /// The broker is being killed.
    func brokerKilled() {
        state.withLock { $0.brokerKills += 1 }
    }

    /// Something ended that should not have; the first such thing is kept.
    func fail(_ reason: String) {
        state.withLock { $0.failure = $0.failure ?? reason }
    }

    /// What the run came to.
    func verdict(seed: UInt64, started: Duration) -> Verdict {
        state.withLock { state in
            let takeovers = Percentiles(state.takeovers.finished)
            let seconds = ((state.lastResult ?? started) - started).inSeconds
            return Verdict(
                sent: state.sent,
                handled: state.handled,
                lost: max(state.sent - state.handled, 0),
                handledAgain: state.handledAgain,
                wrong: state.wrong,
                replicaKills: state.replicaKills,
                brokerKills: state.brokerKills,
                takeoverP50Milliseconds: takeovers.time(at: 0.5)?.inMilliseconds,
                takeoverP99Milliseconds: takeovers.time(at: 0.99)?.inMilliseconds,
                takeoverMaxMilliseconds: takeovers.longest?.inMilliseconds,
                messagesPerSecond: seconds > 0 ? (Double(state.handled) / seconds).rounded() : 0,
                seconds: (seconds * 100).rounded() / 100,
                seed: seed,
                failure: state.failure
            )
        }
    }
}
