/// What is to be done with one connection, as it is told to its loop.
struct ConnectionCommand: Sendable {
    enum Kind: UInt8 {
        /// Send bytes; they stand in the tray.
        case send
        /// Send the last bytes, and close; bytes and deadline stand in the tray.
        case close
        /// Close without a word.
        case abort
        /// Read no more for now.
        case pause
        /// Read again.
        case resume
        /// The end was heard: the slot may be another connection's.
        case forget
    }

    var kind: Kind
    /// What both loops call the connection by.
    var slot: Int32
    /// Bytes to send.
    var count: Int32 = 0
}
