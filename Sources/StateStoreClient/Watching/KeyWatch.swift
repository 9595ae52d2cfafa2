import Synchronization

/// What has come for one watch of one key: the newest only.
final class KeyWatch: Sendable {
    private struct State {
        var pending: StateStoreChange?
        /// How many notifications came.
        var arrivals: UInt64 = 0
        /// Counts up when the store has forgotten, or may have.
        var loss: UInt64 = 0
    }

    let key: [UInt8]
    let wakeUp = WakeUp()
    private let state = Mutex(State())

    init(key: [UInt8]) {
        self.key = key
    }

    /// How many notifications came so far.
    var arrivals: UInt64 { self.state.withLock { $0.arrivals } }
    /// Changes when the watch must be registered again.
    var loss: UInt64 { self.state.withLock { $0.loss } }

    func offer(_ change: StateStoreChange) {
        self.state.withLock { state in
            state.arrivals += 1
            if let old = state.pending?.version, let new = change.version, new < old { return }
            state.pending = change
        }
        self.wakeUp.set()
    }

    func registrationLost() {
        self.state.withLock { $0.loss += 1 }
        self.wakeUp.set()
    }

    func take() -> StateStoreChange? {
        self.state.withLock { state in
            defer { state.pending = nil }
            return state.pending
        }
    }
}
