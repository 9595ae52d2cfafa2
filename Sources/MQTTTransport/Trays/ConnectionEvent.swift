/// What happened on one connection, as it is told to the loop of the owner.
struct ConnectionEvent: Sendable {
    enum Kind: UInt8 {
        /// It was accepted; its origin stands in the tray.
        case opened
        /// Bytes came; they stand in the tray.
        case received
        /// The socket takes more.
        case gotRoom
        /// The socket takes no more.
        case lostRoom
        /// It is gone: the last that is told of it.
        case closed
    }

    var kind: Kind
    /// What both loops call the connection by.
    var slot: Int32
    /// Bytes, of what came.
    var count: Int32 = 0
}
