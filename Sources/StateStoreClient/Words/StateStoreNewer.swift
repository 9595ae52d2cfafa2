/// What a store knows of a key beyond the version that the asker has.
public enum StateStoreNewer: Sendable, Hashable {
    /// Another value than the one that the asker has.
    case entry(StateStoreEntry)
    /// The very version that the asker has.
    case unchanged
    /// The key is not there.
    case absent
}
