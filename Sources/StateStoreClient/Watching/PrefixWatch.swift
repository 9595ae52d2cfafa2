import Synchronization

/// What has come for one watch of a prefix: the newest version of each key, up to a limit.
final class PrefixWatch: Sendable {
    /// How many changed keys wait for the consumer; past it, it is told of a gap.
    static let limit = 4_096

    private struct State {
        var pending: [[UInt8]: StateStoreVersion?] = [:]
        var order: [[UInt8]] = []
        var isGap = false
        var loss: UInt64 = 0
    }

    let prefix: [UInt8]
    let wakeUp = WakeUp()
    private let state = Mutex(State())

    init(prefix: [UInt8]) {
        self.prefix = prefix
    }

    /// Changes when the watch must be registered again.
    var loss: UInt64 { self.state.withLock { $0.loss } }

    func offer(_ changes: [(key: [UInt8], version: StateStoreVersion?)]) {
        self.state.withLock { state in
            for (key, version) in changes {
                if state.pending.updateValue(version, forKey: key) == nil { state.order.append(key) }
            }
            if state.order.count > Self.limit {
                state.pending = [:]
                state.order = []
                state.isGap = true
            }
        }
        self.wakeUp.set()
    }

    func missed() {
        self.state.withLock { $0.isGap = true }
        self.wakeUp.set()
    }

    func registrationLost() {
        self.state.withLock { $0.loss += 1 }
        self.wakeUp.set()
    }

    func take() -> StateStoreNotice? {
        self.state.withLock { state in
            if state.isGap {
                state.isGap = false
                state.pending = [:]
                state.order = []
                return .gap
            }
            if state.order.isEmpty { return nil }
            let changed = state.order.map { key in
                StateStoreNotice.Changed(key: StateStoreKey(key), version: state.pending[key] ?? nil)
            }
            state.pending = [:]
            state.order = []
            return .changed(changed)
        }
    }
}
