import Synchronization

/// A value that others wait for: tests wait for what happens, never for a time.
final class Watched<Value: Sendable>: Sendable {
    private struct Waiter: Sendable {
        var condition: @Sendable (Value) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private let state: Mutex<(value: Value, waiters: [Waiter])>

    init(_ value: Value) { state = Mutex((value, [])) }

    var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes whoever waits for what it has become.
    func update(_ change: (inout Value) -> Void) {
        let ready = state.withLock { state in
            change(&state.value)
            let value = state.value
            let ready = state.waiters.filter { $0.condition(value) }
            state.waiters.removeAll { $0.condition(value) }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Waits until the condition holds; the test's time limit ends a wait for what never comes.
    func wait(until condition: @escaping @Sendable (Value) -> Bool) async {
        await withCheckedContinuation { continuation in
            let holds = state.withLock { state in
                if condition(state.value) { return true }
                state.waiters.append(Waiter(condition: condition, continuation: continuation))
                return false
            }
            if holds { continuation.resume() }
        }
    }
}
