/// Keeps a packet identifier of a session's queue from being used for a new QoS 2 message before the end of its last handshake is durable.
///
/// After a crash the old handshake would be there again, and what it says of the identifier would be taken for the new one. Identifiers
/// follow from positions, so that one is used again 32,767 positions later: only a client that is that fast ever meets this.
struct IdentifierReuse {
    /// Positions below this one are done, and durably so.
    private var settled: UInt64 = 0
    /// Positions below this one are done on the page that is awaited.
    private var coming: UInt64 = 0
    /// The page that is awaited; 0 for none.
    private var page: UInt64 = 0

    /// The journal was read: what is not there is done.
    mutating func restart(at head: UInt64) {
        settled = head
        page = 0
    }

    /// Whether a position may be sent; when not, ask again when a page is durable.
    ///
    /// - Parameters:
    ///   - position: The position.
    ///   - head: The first position that is not done.
    ///   - last: The page that will have everything that is done by now.
    ///   - durable: The newest durable page.
    /// - Returns: Whether it may.
    mutating func mayUse(_ position: UInt64, head: UInt64, on last: UInt64, durable: UInt64) -> Bool {
        if position < settled + DeliveryQueue.lastIdentifier { return true }
        if page == 0 { (coming, page) = (head, max(last, 1)) }
        guard page <= durable else { return false }
        (settled, page) = (coming, 0)
        return position < settled + DeliveryQueue.lastIdentifier
            || mayUse(position, head: head, on: last, durable: durable)
    }
}
