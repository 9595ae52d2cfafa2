/// What the application hears of its lease.
package enum LeaseTidings: Sendable, Hashable {
    /// It has the lease; writes carry this token.
    case held(StateStoreVersion)
    /// It has it for longer, with a newer token.
    case renewed(StateStoreVersion)
    /// It has it no more, though it wanted it.
    case lost(LeaseLoss)
    /// It let go of it by itself.
    case resigned
    /// Another has it, and the candidate does not wait.
    case heldByAnother
    /// The store refuses for good.
    case refused
    /// All is over: nothing is under way, and the store was told if there was something to tell.
    case ended
}
