/// What happens to a candidate.
package enum LeaseInput: Sendable, Hashable {
    /// It begins to want the lease.
    case begin
    /// A request was answered.
    case answered(request: UInt64, LeaseAnswer)
    /// Somebody saw the key of the lease: who holds it now (`nil` for nobody), and since which version, where that is known.
    case observed(holder: [UInt8]?, version: StateStoreVersion?)
    /// A guarded write was refused because a newer token had been there.
    case fenced
    /// The connection is there again.
    case reconnected
    /// It lets go of what it holds, and asks again in its turn if that is its ambition.
    case resign
    /// Time passed.
    case tick
    /// It does not want the lease any more.
    case release
}
