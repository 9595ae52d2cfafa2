import StateStore
import StateStoreClient

extension StateStoreClient: StatePort {
    func commit(_ commits: [CommitRequest]) async throws(StateStoreError) -> [CommitOutcome] {
        try await commit(commits, timeout: nil)
    }

    func set(
        _ key: StateStoreKey,
        _ value: [UInt8],
        if condition: StateStoreCondition,
        expiresIn: Duration?
    ) async throws(StateStoreError) -> StateStoreSetOutcome {
        try await set(key, value, if: condition, expiresIn: expiresIn, fencingToken: nil, persist: true)
    }

    func set(
        _ key: StateStoreKey,
        _ value: [UInt8],
        if condition: StateStoreCondition,
        expiresIn: Duration?,
        token: StateStoreVersion?
    ) async throws(StateStoreError) -> StateStoreSetOutcome {
        try await set(key, value, if: condition, expiresIn: expiresIn, fencingToken: token, persist: true)
    }

    func release(_ lease: StateStoreKey, _ holder: [UInt8]) async {
        _ = try? await delete(lease, ifValue: holder)
    }

    func remove(_ key: StateStoreKey) async {
        _ = try? await delete(key)
    }

    func changed(
        below prefix: StateStoreKey,
        since: StateStoreVersion?,
        after cursor: [UInt8]?
    ) async throws(StateStoreError) -> StateStoreScanPage {
        try await scan(prefix: prefix, after: cursor, count: 256, withValues: true, since: since)
    }

    func followChanges(
        below prefix: StateStoreKey,
        _ body: @Sendable (StateStoreNotice) async -> Void
    ) async throws(StateStoreError) {
        var notices = changes(prefix: prefix).makeAsyncIterator()
        while let notice = try await notices.next() { await body(notice) }
    }
}
