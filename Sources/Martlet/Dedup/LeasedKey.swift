import StateStoreClient

/// A key whose lease is held for a write at level B.
struct LeasedKey: Sendable {
    /// The key without the worker's root.
    var key: String
    /// Where the lease stands.
    var lease: StateStoreKey
    /// What the lease holds while it is ours.
    var holder: [UInt8]
    /// The lease's version: the fencing token of what is written under it.
    var token: StateStoreVersion
    /// When the lease was asked for, at the latest.
    var since: Duration
}
