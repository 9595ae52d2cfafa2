extension StateStoreClient {
    /// Reads several values at once (extension).
    ///
    /// - Parameter keys: The keys.
    /// - Returns: An entry, or `nil` for an absent key, for each key in order.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/notSupported`` without the extension.
    public func getMany(_ keys: [StateStoreKey]) async throws(StateStoreError) -> [StateStoreEntry?] {
        throw StateStoreError(.notSupported, "is being written")
    }

    /// Reads what is newer than what the asker has (extension).
    ///
    /// - Parameter known: The keys, and the version that the asker has of each, if it has one.
    /// - Returns: What the store has, for each key in order.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/notSupported`` without the extension.
    public func getNew(
        _ known: [(key: StateStoreKey, version: StateStoreVersion?)]
    ) async throws(StateStoreError) -> [StateStoreNewer] {
        throw StateStoreError(.notSupported, "is being written")
    }

    /// Reads one page of the keys that begin with a prefix (extension).
    ///
    /// - Parameters:
    ///   - prefix: How the keys begin; empty for all.
    ///   - cursor: Where to go on: the cursor of the page before; `nil` to begin.
    ///   - count: How many keys a page holds at most.
    ///   - withValues: Whether the values come along.
    ///   - since: Only keys that were written after this version.
    /// - Returns: The page; it may be empty though there is more.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/notSupported`` without the extension.
    public func scan(
        prefix: StateStoreKey,
        after cursor: [UInt8]? = nil,
        count: Int = 256,
        withValues: Bool = false,
        since: StateStoreVersion? = nil
    ) async throws(StateStoreError) -> StateStoreScanPage {
        throw StateStoreError(.notSupported, "is being written")
    }

    /// Hears of changes of the keys that begin with a prefix (extension).
    ///
    /// Good for keeping a cache fresh; what is true is in the store: notices may be lost, which is told as
    /// ``StateStoreNotice/gap``. Changes that this client committed itself are not told.
    ///
    /// - Parameter prefix: How the keys begin.
    /// - Returns: The notices; iterating throws ``StateStoreError`` when the store refuses the watch.
    public func changes(prefix: StateStoreKey) -> StateStoreChanges {
        StateStoreChanges(store: self, prefix: prefix)
    }
}
