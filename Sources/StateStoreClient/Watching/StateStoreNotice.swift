/// What a prefix watch tells.
@nonexhaustive
public enum StateStoreNotice: Sendable, Hashable {
    /// These keys changed; the version is `nil` for those that are gone.
    case changed([Changed])
    /// Changes may have been missed (a new connection, or the consumer was slow): read what matters again.
    case gap

    /// A key that changed.
    public struct Changed: Sendable, Hashable {
        /// The key.
        public var key: StateStoreKey
        /// Its version now; `nil` if it is gone.
        public var version: StateStoreVersion?

        /// Makes one.
        ///
        /// - Parameters:
        ///   - key: The key.
        ///   - version: Its version now; `nil` if it is gone.
        public init(key: StateStoreKey, version: StateStoreVersion?) {
            self.key = key
            self.version = version
        }
    }
}
