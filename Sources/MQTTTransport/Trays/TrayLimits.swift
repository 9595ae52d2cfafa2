/// The bounds of what is on its way between two loops.
enum TrayLimits {
    /// Bytes received that the owner has not taken yet, of all connections of a loop; past it no connection of that loop is read.
    static let receivedBytes = 4 << 20
    /// Bytes of received trays at which they are given back though there is nothing else to tell.
    static let unreturnedReceivedBytes = 1 << 20
    /// The same of trays to be sent: less than the low water mark of a connection, which would wait for them.
    static let unreturnedSentBytes = 32 << 10
    /// Done trays at which they are given back though there is nothing else to tell.
    static let unreturnedTrays = 8
    /// Empty trays kept for the next rounds.
    static let spareTrays = 16
    /// Entries that an empty tray keeps room for.
    static let keptEntries = 16_384
    /// Bytes of storage that an empty tray keeps.
    static let keptStorage = 1 << 20
}
