/// One queue entry of a persistent session that a stored message must list in the journal.
struct DurableTarget {
    var session: Int32
    var position: UInt64
    var qos: UInt8
    var retain: Bool
    var identifiers: Int32
}
