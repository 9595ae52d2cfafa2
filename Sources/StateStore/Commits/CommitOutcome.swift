/// What became of a commit.
package enum CommitOutcome: Hashable, Sendable {
    /// All is done and durable; every write of it has this version.
    case committed(StateVersion)
    /// Nothing is done.
    case refused(CommitRefusal)
}
