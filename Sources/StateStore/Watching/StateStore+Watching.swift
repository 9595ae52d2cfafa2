extension StateStore {
    /// KEYNOTIFY: true, also if the client watches it already; throws `.quotaExceeded` past the limits, `.emptyKey`.
    package mutating func watch(_ key: Span<UInt8>, client: StateClient) throws(StateError) {}
    /// KEYNOTIFY STOP: whether it was watched.
    package mutating func unwatch(_ key: Span<UInt8>, client: StateClient) -> Bool { false }
    package mutating func watchPrefix(_ prefix: Span<UInt8>, client: StateClient) throws(StateError) {}
    package mutating func unwatchPrefix(_ prefix: Span<UInt8>, client: StateClient) -> Bool { false }
    /// The client's connection is over: all its watches are dropped.
    package mutating func disconnect(_ client: StateClient) {}
    /// Calls with each client that watches the key.
    package func forEachWatcher(of key: Span<UInt8>, _ body: (StateClient) -> Void) {}
    /// Calls with each client that watches a prefix of the key (once a client).
    package func forEachPrefixWatcher(of key: Span<UInt8>, _ body: (StateClient) -> Void) {}
    /// Whether anybody watches anything (keys, prefixes): a quick no.
    package var hasWatches: Bool { false }
    package var hasPrefixWatches: Bool { false }
}
