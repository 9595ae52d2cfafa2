/// What must hold of a key for a write to be applied.
@nonexhaustive
public enum StateStoreCondition: Sendable, Hashable {
    /// Nothing.
    case always
    /// The key is absent (`NX`).
    case absent
    /// The key is absent, or holds the very value that is written (`NEX`): what a lease is made of.
    case absentOrEqual
    /// The key has this version (`IFV`); needs ``StateStoreCapabilities/hasExtension``.
    case version(StateStoreVersion)
}
