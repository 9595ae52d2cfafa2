import StateStore
import StateStoreClient
import Synchronization

@testable import Martlet

/// The store as one life of a replica has it: requests one step at a time, until it dies with one of them on its way.
final class SimulatedPort: StatePort {
    /// Of so many requests one is the last.
    static let requestsPerDeath = 60

    private let store: SimulatedStore
    private let isDead = Mutex(false)
    private let die: @Sendable () -> Void

    init(store: SimulatedStore, onDeath die: @escaping @Sendable () -> Void) {
        self.store = store
        self.die = die
    }

    private static let death = StateStoreError(.connection, "the replica is dead")

    /// Takes one step, which may be the last.
    func step() async throws(StateStoreError) {
        _ = try await request { _ throws(StateStoreError) in }
    }

    private func request<Answer: Sendable>(
        _ body: @escaping @Sendable (SimulatedStore) throws(StateStoreError) -> Answer
    ) async throws(StateStoreError) -> Answer {
        await store.scheduler.turn()
        if isDead.withLock({ $0 }) { throw Self.death }
        if store.scheduler.draw(20) == 0 { store.deliverLate() }
        guard store.scheduler.draw(Self.requestsPerDeath) == 0 else { return try body(store) }
        isDead.withLock { $0 = true }
        die()
        switch store.scheduler.draw(3) {
        case 0: break
        case 1: _ = try? body(store)
        default: store.keepLate { _ = try? body($0) }
        }
        throw Self.death
    }

    func get(_ key: StateStoreKey) async throws(StateStoreError) -> StateStoreEntry? {
        try await request { store throws(StateStoreError) in store.get(key) }
    }

    func set(
        _ key: StateStoreKey,
        _ value: [UInt8],
        if condition: StateStoreCondition,
        expiresIn: Duration?
    ) async throws(StateStoreError) -> StateStoreSetOutcome {
        try await set(key, value, if: condition, expiresIn: expiresIn, token: nil)
    }

    func set(
        _ key: StateStoreKey,
        _ value: [UInt8],
        if condition: StateStoreCondition,
        expiresIn: Duration?,
        token: StateStoreVersion?
    ) async throws(StateStoreError) -> StateStoreSetOutcome {
        try await request { store throws(StateStoreError) in
            try store.set(key, value, condition, expiresIn, token)
        }
    }

    func release(_ lease: StateStoreKey, _ holder: [UInt8]) async {
        _ = try? await request { store throws(StateStoreError) in store.remove(lease, ifValue: holder) }
    }

    func remove(_ key: StateStoreKey) async {
        _ = try? await request { store throws(StateStoreError) in store.remove(key) }
    }

    // Level B asks for none of these.

    func getNew(
        _ known: [(key: StateStoreKey, version: StateStoreVersion?)]
    ) async throws(StateStoreError) -> [StateStoreNewer] { throw Self.death }

    func commit(_ commits: [CommitRequest]) async throws(StateStoreError) -> [CommitOutcome] { throw Self.death }

    func changed(
        below prefix: StateStoreKey,
        since: StateStoreVersion?,
        after cursor: [UInt8]?
    ) async throws(StateStoreError) -> StateStoreScanPage { throw Self.death }

    func followChanges(
        below prefix: StateStoreKey,
        _ body: @Sendable (StateStoreNotice) async -> Void
    ) async throws(StateStoreError) { throw Self.death }
}
