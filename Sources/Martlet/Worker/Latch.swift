import Synchronization

/// A value that is set once, and waited for.
///
/// The first value wins. Waiting ends with the task's cancellation, so that no wait outlives the one who waits.
final class Latch<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Value?, Never>] = [:]
    }

    private let state = Mutex(State())

    /// The value, once it is set.
    var value: Value? { state.withLock { $0.value } }

    /// Sets the value and wakes everybody who waits for it.
    ///
    /// - Parameter value: The value.
    /// - Returns: Whether this was the first.
    @discardableResult
    func set(_ value: Value) -> Bool {
        let waiters = state.withLock { state -> [UInt64: CheckedContinuation<Value?, Never>]? in
            guard state.value == nil else { return nil }
            state.value = value
            defer { state.waiters = [:] }
            return state.waiters
        }
        guard let waiters else { return false }
        for waiter in waiters.values { waiter.resume(returning: value) }
        return true
    }

    /// Waits for the value.
    ///
    /// - Returns: The value, or `nil` when the task was cancelled first.
    func wait() async -> Value? {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Value?? = state.withLock { state in
                    if let value = state.value { return .some(value) }
                    // The cancellation handler may have run before this waiter was in the table: so look here,
                    // under the lock.
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[number] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
            waiter?.resume(returning: nil)
        }
    }

    /// Waits for the value for some time.
    ///
    /// - Parameters:
    ///   - limit: How long to wait.
    ///   - time: By which clock.
    /// - Returns: The value, or `nil` when the time was over or the task was cancelled first.
    func wait(atMost limit: Duration, by time: WorkerTime) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            // Off the handlers' threads: those may all be held while somebody waits here.
            group.addTask(executorPreference: globalConcurrentExecutor) { await self.wait() }
            group.addTask(executorPreference: globalConcurrentExecutor) {
                try? await time.sleep(limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
