import StateStoreClient

/// A request on the simulated network.
struct SimulatedRequest {
    enum Condition {
        case none, absent, equal
        case version(StateStoreVersion?)
    }

    struct Write {
        var value: [UInt8]
        var condition: Condition
        var token: StateStoreVersion?
        /// The number of the edit whose result this is; `nil` where the value stays what it was.
        var edit: Int?
    }

    enum Kind {
        case acquire(holder: [UInt8], milliseconds: Int64)
        case release(holder: [UInt8])
        case read
        case write(Write)
    }

    var client: Int
    var life: Int
    var number: UInt64
    var kind: Kind
    /// Whether it belongs to the candidate; otherwise to an edit.
    var isOfLease: Bool
}
