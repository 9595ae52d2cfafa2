extension StateStore {
    /// Notes that a client wants to hear of a key (KEYNOTIFY); the key need not be there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - client: The client; watching twice is watching once.
    /// - Throws: ``StateError/quotaExceeded`` past the limits.
    package mutating func watch(_ key: Span<UInt8>, client: StateClient) throws(StateError) {
        guard key.count <= configuration.keyBytes else { throw .quotaExceeded }
        let hash = StateHash.hash(key, seed: configuration.seed)
        try watches.insert(key, hash: hash, client: client.number)
    }

    /// Ends it (KEYNOTIFY … STOP).
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - client: The client.
    /// - Returns: Whether the client did watch the key.
    package mutating func unwatch(_ key: Span<UInt8>, client: StateClient) -> Bool {
        let hash = StateHash.hash(key, seed: configuration.seed)
        return watches.remove(key, hash: hash, client: client.number)
    }

    /// Notes that a client wants to hear which keys with a prefix change (WATCH, extension).
    ///
    /// - Parameters:
    ///   - prefix: The prefix; may be empty.
    ///   - client: The client.
    /// - Throws: ``StateError/quotaExceeded`` past the limits.
    package mutating func watchPrefix(_ prefix: Span<UInt8>, client: StateClient) throws(StateError) {
        guard prefix.count <= configuration.keyBytes else { throw .quotaExceeded }
        try prefixWatches.insert(prefix, client: client.number)
    }

    /// Ends it (WATCH … STOP, extension).
    ///
    /// - Parameters:
    ///   - prefix: The prefix.
    ///   - client: The client.
    /// - Returns: Whether the client did watch the prefix.
    package mutating func unwatchPrefix(_ prefix: Span<UInt8>, client: StateClient) -> Bool {
        prefixWatches.remove(prefix, client: client.number)
    }

    /// Ends all watches of a client: its connection is over (state store §1.7).
    ///
    /// - Parameter client: The client.
    package mutating func disconnect(_ client: StateClient) {
        watches.removeAll(of: client.number)
        prefixWatches.removeAll(of: client.number)
    }

    /// Whether anybody watches a key.
    @inline(__always)
    package var hasWatches: Bool { watches.count > 0 }

    /// Whether anybody watches a prefix.
    @inline(__always)
    package var hasPrefixWatches: Bool { !prefixWatches.isEmpty }

    /// Calls with each client that watches a key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - body: Called with each.
    @inline(__always)
    package func forEachWatcher(of key: Span<UInt8>, _ body: (StateClient) -> Void) {
        guard hasWatches else { return }
        watches.forEach(key, hash: StateHash.hash(key, seed: configuration.seed)) { body(StateClient($0)) }
    }

    /// Calls with each client that watches a prefix of a key; with one of several such prefixes once for each (extension).
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - body: Called with each.
    @inline(__always)
    package func forEachPrefixWatcher(of key: Span<UInt8>, _ body: (StateClient) -> Void) {
        prefixWatches.forEach(key) { body(StateClient($0)) }
    }
}
