import Synchronization

/// A value of which tasks wait for what it will be.
final class Observed<Value: Sendable>: Sendable {
    private struct Waiter {
        var isDue: @Sendable (Value) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var value: Value
        var waiters: [UInt64: Waiter] = [:]
        var lastNumber: UInt64 = 0
    }

    private let state: Mutex<State>

    init(_ value: Value) {
        self.state = Mutex(State(value: value))
    }

    var value: Value { self.state.withLock { $0.value } }

    /// Changes the value and wakes up those for whom it is what they wait for.
    func update<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
        let (result, due) = self.state.withLock { state in
            let result = change(&state.value)
            let due = state.waiters.filter { $0.value.isDue(state.value) }
            for number in due.keys { state.waiters[number] = nil }
            return (result, Array(due.values))
        }
        for waiter in due { waiter.continuation.resume() }
        return result
    }

    /// Waits until the value is as wanted, or the task is cancelled.
    ///
    /// - Parameter isDue: Whether it is.
    /// - Returns: The value then.
    func wait(until isDue: @escaping @Sendable (Value) -> Bool) async -> Value {
        let number = self.state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    if isDue(state.value) || Task.isCancelled { return true }
                    state.waiters[number] = Waiter(isDue: isDue, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
        }
        return self.value
    }
}
