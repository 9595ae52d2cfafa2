import Synchronization

/// Hands out the worker's slots, and lets the one who takes messages wait until one is free.
///
/// A slot is held from the taking of a message until it is settled. There are as many as the Receive Maximum,
/// so while a connection lasts the broker can not send more than there are; after a reconnect the messages that
/// still run keep theirs, and those that come again wait.
final class SlotGate: Sendable {
    private struct State {
        var free: Int
        var isClosed = false
        var waiter: CheckedContinuation<Bool, Never>?
    }

    /// How many slots there are.
    let slots: Int
    private let state: Mutex<State>

    /// Makes the slots, all free.
    ///
    /// - Parameter slots: How many slots; at least one.
    init(slots: Int) {
        precondition(slots > 0, "A worker has at least one slot")
        self.slots = slots
        self.state = Mutex(State(free: slots))
    }

    /// How many slots are taken.
    var used: Int { state.withLock { slots - $0.free } }

    /// Waits until a slot is free, and takes it; one task at a time may wait.
    ///
    /// - Returns: Whether a slot was taken; `false` when the gate is closed.
    func acquire() async -> Bool {
        await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                if state.isClosed { return false }
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                precondition(state.waiter == nil, "Two tasks wait for a slot, but only one takes messages")
                state.waiter = continuation
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Gives a slot back.
    func release() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            precondition(state.free < slots, "More slots were given back than taken")
            state.free += 1
            return nil
        }
        waiter?.resume(returning: true)
    }

    /// Hands out no slot from now on, and lets the one who waits go.
    func close() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.isClosed = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: false)
    }
}
