/// When a write of a commit is done; else the whole commit is refused.
package enum CommitCondition: Hashable, Sendable {
    /// In any case.
    case always
    /// If there is no such key.
    case absent
    /// If the key has this version.
    case version(StateVersion)
}
