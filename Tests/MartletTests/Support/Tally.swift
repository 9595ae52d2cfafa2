import Synchronization

/// Counts how often each message was handled, and lets a test wait until all were.
final class Tally: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var waiter: (expected: Set<String>, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    var counts: [String: Int] { state.withLock { $0.counts } }

    /// How often something was counted in all.
    var total: Int { counts.values.reduce(0, +) }

    func count(_ text: String) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.counts[text, default: 0] += 1
            guard let waiter = state.waiter, waiter.expected.isSubset(of: state.counts.keys) else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Waits until each of these was counted at least once.
    func wait(for expected: some Sequence<String>) async {
        let expected = Set(expected)
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if expected.isSubset(of: state.counts.keys) { return true }
                precondition(state.waiter == nil, "one waits at a time")
                state.waiter = (expected, continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
