/// Why a lease was lost.
public enum LeaseLoss: Sendable, Hashable {
    /// It could not be renewed in time.
    case expired
    /// Another holds it, or the store has it no more.
    case taken
    /// The store refused a guarded write: a newer token was there.
    case fenced
}
