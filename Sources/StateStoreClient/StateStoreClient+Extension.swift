import StateStore

extension StateStoreClient {
    /// Reads several values at once (extension).
    ///
    /// - Parameter keys: The keys.
    /// - Returns: An entry, or `nil` for an absent key, for each key in order.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/notSupported`` without the extension.
    public func getMany(_ keys: [StateStoreKey]) async throws(StateStoreError) -> [StateStoreEntry?] {
        for key in keys { try Self.check(key) }
        if keys.isEmpty { return [] }
        try self.needExtension("reading of several keys")
        let answer = try await self.askAgain(.getMany(keys: keys.map(\.bytes)))
        guard let found = StateLookup.all(answer.value), found.count == keys.count else { throw answer.malformed }
        return found.map { lookup in
            guard case .value(let value, let version) = lookup else { return nil }
            return StateStoreEntry(value: value, version: StateStoreVersion(version))
        }
    }

    /// Reads what is newer than what the asker has (extension).
    ///
    /// - Parameter known: The keys, and the version that the asker has of each, if it has one.
    /// - Returns: What the store has, for each key in order.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/notSupported`` without the extension.
    public func getNew(
        _ known: [(key: StateStoreKey, version: StateStoreVersion?)]
    ) async throws(StateStoreError) -> [StateStoreNewer] {
        for (key, _) in known { try Self.check(key) }
        if known.isEmpty { return [] }
        try self.needExtension("reading of what is new")
        let asked = known.map { StateKnown(key: $0.key.bytes, version: $0.version?.stateVersion) }
        let answer = try await self.askAgain(.getNew(asked))
        guard let found = StateLookup.all(answer.value), found.count == known.count else { throw answer.malformed }
        return found.map { lookup in
            switch lookup {
            case .value(let value, let version):
                .entry(StateStoreEntry(value: value, version: StateStoreVersion(version)))
            case .unchanged: .unchanged
            case .absent: .absent
            }
        }
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
        try self.needExtension("scan")
        let command = StateCommand.scan(
            prefix: prefix.bytes,
            cursor: cursor ?? [],
            count: count,
            wantsValues: withValues,
            since: since?.stateVersion
        )
        let answer = try await self.askAgain(command)
        guard let page = StatePage(answer.value) else { throw answer.malformed }
        let items = page.entries.map { entry in
            StateStoreScanItem(
                key: StateStoreKey(entry.key),
                version: StateStoreVersion(entry.version),
                value: entry.value
            )
        }
        return StateStoreScanPage(items: items, cursor: page.cursor.isEmpty ? nil : page.cursor)
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
