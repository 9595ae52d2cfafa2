/// What became of a deletion.
public enum StateStoreDeleteOutcome: Sendable, Hashable {
    /// The key was there and is gone; the version of the deletion where the store tells it.
    case deleted(StateStoreVersion?)
    /// The key was not there.
    case absent
    /// The condition did not hold; the version that is there, where the store tells it.
    case notDeleted(StateStoreVersion?)
}
