import StateStoreClient

/// A process that wants the lease and, while it has it, edits a value.
struct SimulatedClient {
    /// Where an edit stands.
    enum Edit {
        case none
        case reading(UInt64, holder: [UInt8])
        case fencing(UInt64, holder: [UInt8], SimulatedStore.Entry)
        /// The application takes its time between reading and writing.
        case thinking(until: Int64, holder: [UInt8], value: [UInt8]?, SimulatedRequest.Condition)
        case writing(UInt64)
    }

    var core: LeaseCore
    var life = 0
    /// Its clock: `offset + real · (1 + drift)`.
    var offset: Int64
    var driftPartsPerMillion: Int64
    var pausedUntil: Int64 = 0
    var isCutOffUntil: Int64 = 0
    /// When the last message of each direction arrives, where the order is kept.
    var lastToStore: Int64 = 0
    var lastToClient: Int64 = 0
    /// What found the store down, in its order, where the order is kept.
    var unsent: [SimulatedRequest] = []
    var edit = Edit.none
    var editDeadline: Int64 = 0
    var lastRequest: UInt64 = 1 << 32
    /// The candidate's request under way, and when it counts as lost, by real time.
    var leaseRequest: (number: UInt64, deadline: Int64)?
    var wakeAt: Int64 = .max

    func local(_ now: Int64) -> Duration {
        .microseconds(self.offset + now + now * self.driftPartsPerMillion / 1_000_000)
    }

    /// The real time at which the client's clock shows a time; never too early.
    func real(_ local: Duration) -> Int64 {
        let (seconds, attoseconds) = local.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000 - self.offset
        return microseconds * 1_000_000 / (1_000_000 + self.driftPartsPerMillion) + 2
    }
}
