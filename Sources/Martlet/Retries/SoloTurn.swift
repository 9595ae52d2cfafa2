import Synchronization

/// Lets one handling at a time go on, in the order in which they asked.
///
/// Handlings that are suspected of ending the process take turns: whichever runs when the process ends has ended it.
final class SoloTurn: Sendable {
    private struct State {
        var isTaken = false
        var isClosed = false
        /// At most as many as the worker has slots.
        var waiters: [CheckedContinuation<Bool, Never>] = []
    }

    private let state = Mutex(State())

    /// Waits for the turn, and takes it.
    ///
    /// - Returns: Whether it was taken; `false` once the turn is closed.
    func acquire() async -> Bool {
        await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                if state.isClosed { return false }
                if !state.isTaken {
                    state.isTaken = true
                    return true
                }
                state.waiters.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Gives the turn to the next.
    func release() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            if state.waiters.isEmpty {
                state.isTaken = false
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.resume(returning: true)
    }

    /// Gives no turn from now on, and lets those who wait go.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: false) }
    }
}
