import StateStore
import StateStoreClient

/// What a ledger asks of the store.
protocol StatePort: Sendable {
    /// Reads what is newer than what the asker has.
    func getNew(
        _ known: [(key: StateStoreKey, version: StateStoreVersion?)]
    ) async throws(StateStoreError) -> [StateStoreNewer]

    /// Makes commits, each by itself all or nothing.
    func commit(_ commits: [CommitRequest]) async throws(StateStoreError) -> [CommitOutcome]

    /// Reads a value.
    func get(_ key: StateStoreKey) async throws(StateStoreError) -> StateStoreEntry?

    /// Writes a value.
    func set(
        _ key: StateStoreKey,
        _ value: [UInt8],
        if condition: StateStoreCondition,
        expiresIn: Duration?
    ) async throws(StateStoreError) -> StateStoreSetOutcome

    /// Writes a value under a fencing token.
    func set(
        _ key: StateStoreKey,
        _ value: [UInt8],
        if condition: StateStoreCondition,
        expiresIn: Duration?,
        token: StateStoreVersion?
    ) async throws(StateStoreError) -> StateStoreSetOutcome

    /// Gives a lease back, if it is still held; at worst it runs out.
    func release(_ lease: StateStoreKey, _ holder: [UInt8]) async

    /// Removes a key that nothing depends on any more; at worst it stays.
    func remove(_ key: StateStoreKey) async

    /// Reads a page of what changed after a version.
    func changed(
        below prefix: StateStoreKey,
        since: StateStoreVersion?,
        after cursor: [UInt8]?
    ) async throws(StateStoreError) -> StateStoreScanPage

    /// Hears of changes for as long as the client lives, or until the task is cancelled.
    func followChanges(
        below prefix: StateStoreKey,
        _ body: @Sendable (StateStoreNotice) async -> Void
    ) async throws(StateStoreError)
}
