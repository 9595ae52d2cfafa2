import StateStore
import StateStoreClient
import Synchronization

/// A store of the plain protocol as one would write it in an hour: conditions, expiry and fencing tokens.
final class SimulatedStore: Sendable {
    struct Entry {
        var value: [UInt8]
        var version: StateStoreVersion
        var expiresAt: Duration?
        var fence: StateStoreVersion?
    }

    private struct State {
        var entries: [StateStoreKey: Entry] = [:]
        var counter: UInt64 = 0
        var late: [@Sendable (SimulatedStore) -> Void] = []
    }

    let scheduler: StepScheduler
    private let state = Mutex(State())

    init(scheduler: StepScheduler) { self.scheduler = scheduler }

    /// All keys that are there.
    var keys: [StateStoreKey] { state.withLock { $0.entries.keys.sorted() } }

    private static func present(_ state: State, _ key: StateStoreKey, _ now: Duration) -> Entry? {
        state.entries[key].flatMap { entry in entry.expiresAt.map { $0 <= now } ?? false ? nil : entry }
    }

    func get(_ key: StateStoreKey) -> StateStoreEntry? {
        let now = scheduler.now.offset
        return state.withLock { Self.present($0, key, now) }.map {
            StateStoreEntry(value: $0.value, version: $0.version)
        }
    }

    func set(
        _ key: StateStoreKey,
        _ value: [UInt8],
        _ condition: StateStoreCondition,
        _ expiresIn: Duration?,
        _ token: StateStoreVersion?
    ) throws(StateStoreError) -> StateStoreSetOutcome {
        let now = scheduler.now.offset
        return try state.withLock { state throws(StateStoreError) in
            let present = Self.present(state, key, now)
            if let fence = present?.fence {
                guard let token else { throw StateStoreError(.fencingTokenRequired, "\(key) is fenced") }
                if token < fence { throw StateStoreError(.fenced, "\(key) has a newer token") }
            }
            let holds =
                switch condition {
                case .always: true
                case .absent: present == nil
                case .absentOrEqual: present == nil || present?.value == value
                case .version(let version): present?.version == version
                }
            guard holds else { return .notApplied(present?.version) }
            state.counter += 1
            let version = StateStoreVersion(milliseconds: 1, counter: state.counter, node: "s")
            state.entries[key] = Entry(
                value: value,
                version: version,
                expiresAt: expiresIn.map { now + $0 },
                fence: token ?? present?.fence
            )
            return .applied(version)
        }
    }

    func remove(_ key: StateStoreKey, ifValue value: [UInt8]? = nil) {
        state.withLock { state in
            if let value, state.entries[key]?.value != value { return }
            if state.entries[key]?.fence == nil { state.entries[key] = nil }
        }
    }

    /// Keeps a request that is on its way when its sender dies.
    func keepLate(_ request: @escaping @Sendable (SimulatedStore) -> Void) {
        state.withLock { $0.late.append(request) }
    }

    /// Lets one of the late requests arrive.
    func deliverLate() {
        let index = scheduler.draw(1 << 20)
        let request = state.withLock { state in
            state.late.isEmpty ? nil : state.late.remove(at: index % state.late.count)
        }
        request?(self)
    }
}
