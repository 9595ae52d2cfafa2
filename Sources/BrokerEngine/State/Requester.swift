import StateStore

/// Who asks the state store.
struct Requester {
    /// The client's identifier.
    var client: [UInt8]
    /// Its number among those who watch.
    var number: StateClient
    /// The session of a client of this broker; negative for one that another broker serves.
    var session: Int32
    /// Whether it asked for what is beyond the protocol.
    var isExtended: Bool
}
