import DequeModule
import Synchronization

/// Lets the runs of one process that touch the same key wait for each other.
///
/// This only spares runs that would be refused at their commit; what is right is decided there, by versions. So a run
/// goes ahead without its turn where waiting could last for ever: when the one it would wait for waits for it, when
/// too many wait already, or when it has waited long enough.
final class KeyTurns: Sendable {
    /// What bounds the waiting.
    enum Limits {
        /// How many runs may wait for one key.
        static let waiters = 1024
        /// How long a run waits for a key.
        static let wait = Duration.seconds(10)
        /// How many runs are looked at to find a cycle; past it there might be one.
        static let steps = 4096
    }

    private struct Line {
        var holder: UInt64
        var waiters: Deque<(run: UInt64, turn: Latch<Void>)> = []
    }

    private struct State {
        var lastRun: UInt64 = 0
        var living: Set<UInt64> = []
        var lines: [String: Line] = [:]
        var held: [UInt64: Set<String>] = [:]
        var waitsFor: [UInt64: Set<String>] = [:]
    }

    private let time: WorkerTime
    private let state = Mutex(State())

    /// Makes an empty table.
    ///
    /// - Parameter time: The time by which runs wait.
    init(time: WorkerTime) {
        self.time = time
    }

    /// How many runs wait.
    var waitingCount: Int { state.withLock { $0.waitsFor.count } }

    /// Gives a run its number.
    ///
    /// - Returns: The number.
    func begin() -> UInt64 {
        state.withLock { state in
            state.lastRun += 1
            state.living.insert(state.lastRun)
            return state.lastRun
        }
    }

    /// Waits until a run has its turn at a key, or must go without.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - run: The run.
    func take(_ key: String, by run: UInt64) async {
        let turn = state.withLock { state -> Latch<Void>? in
            // Something that the handler left behind asks for a run that has ended.
            guard state.living.contains(run) else { return nil }
            guard var line = state.lines[key] else {
                state.lines[key] = Line(holder: run)
                state.held[run, default: []].insert(key)
                return nil
            }
            guard line.holder != run, line.waiters.count < Limits.waiters else { return nil }
            guard !Self.wouldWaitForItself(run, behind: line, in: state) else { return nil }
            let turn = Latch<Void>()
            line.waiters.append((run, turn))
            state.lines[key] = line
            state.waitsFor[run, default: []].insert(key)
            return turn
        }
        guard let turn else { return }
        _ = await turn.wait(atMost: Limits.wait, by: time)
        state.withLock { state in
            state.waitsFor[run]?.remove(key)
            if state.waitsFor[run]?.isEmpty == true { state.waitsFor[run] = nil }
            state.lines[key]?.waiters.removeAll { $0.run == run }
        }
    }

    /// Ends a run: those that wait for its keys have their turn.
    ///
    /// - Parameter run: The run.
    func end(_ run: UInt64) {
        let turns = state.withLock { state in
            state.living.remove(run)
            return (state.held.removeValue(forKey: run) ?? []).compactMap { key -> Latch<Void>? in
                guard var line = state.lines[key], line.holder == run else { return nil }
                guard let next = line.waiters.popFirst() else {
                    state.lines[key] = nil
                    return nil
                }
                line.holder = next.run
                state.lines[key] = line
                state.held[next.run, default: []].insert(key)
                return next.turn
            }
        }
        for turn in turns { turn.set(()) }
    }

    /// Whether somebody in a line waits, over however many others, for a run.
    private static func wouldWaitForItself(_ run: UInt64, behind line: Line, in state: State) -> Bool {
        var seen: Set<UInt64> = []
        var next = [line.holder] + line.waiters.map(\.run)
        while let other = next.popLast() {
            if other == run || seen.count >= Limits.steps { return true }
            guard seen.insert(other).inserted else { continue }
            for key in state.waitsFor[other] ?? [] {
                guard let line = state.lines[key] else { continue }
                next.append(line.holder)
                next += line.waiters.prefix { $0.run != other }.map(\.run)
            }
        }
        return false
    }
}
