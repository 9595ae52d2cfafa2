/// What became of a write.
public enum StateStoreSetOutcome: Sendable, Hashable {
    /// It was applied, with this version.
    case applied(StateStoreVersion)
    /// Its condition did not hold; the key has this version, or is absent.
    case notApplied(StateStoreVersion?)

    /// The version of the write, if it was applied.
    public var appliedVersion: StateStoreVersion? {
        switch self {
        case .applied(let version): version
        case .notApplied: nil
        }
    }
}
