/// What happens to a candidate for leadership.
@nonexhaustive
public enum LeaderEvent: Sendable, Hashable {
    /// It leads; the token is that of the term's beginning.
    case leading(StateStoreVersion)
    /// Its term was lost; what it leads has been cancelled.
    case lost(LeaseLoss)
    /// What it led has come to its end, and it let go.
    case resigned
}
