/// What a candidate does.
package enum LeaseAction: Sendable, Hashable {
    /// Asks the store for the lease, or to prolong it: `SET key holder NEX PX duration`.
    case acquire(request: UInt64, holder: [UInt8])
    /// Tells the store that this holder lets go: `VDEL key holder`.
    case release(request: UInt64, holder: [UInt8])
    /// Tells the application.
    case tell(LeaseTidings)
}
