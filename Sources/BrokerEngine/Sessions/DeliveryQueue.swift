/// What waits for one session and what is in flight to it: one ring, in order, each entry at a position that never changes.
///
/// The packet identifier follows from the position, so it needs no table, is free again only when its handshake is done, and is
/// the same after a reconnect or a crash (MQTT 5.0 [MQTT-4.4.0-1]). Identifiers above ``lastIdentifier`` belong to shared deliveries.
struct DeliveryQueue {
    /// The highest packet identifier given by position.
    static let lastIdentifier: UInt64 = 32_767

    private var ring: [DeliveryEntry] = []
    private var first = 0
    /// How many positions the ring spans.
    private(set) var count = 0
    /// The position of the first entry.
    private(set) var head: UInt64 = 0
    /// The position that is sent next.
    var next: UInt64 = 0
    /// Entries that are not done.
    private(set) var pending = 0
    /// Entries done by a commit whose acknowledgement has not come.
    private(set) var committed = 0

    /// One past the last position.
    var tail: UInt64 { head + UInt64(count) }
    /// Whether something was queued and not sent on this connection.
    var hasUnsent: Bool { next < tail }

    @inline(__always)
    private func index(_ position: UInt64) -> Int {
        (first + Int(position - head)) & (ring.count - 1)
    }

    subscript(position: UInt64) -> DeliveryEntry {
        @inline(__always) get { ring[index(position)] }
        @inline(__always) _modify { yield &ring[index(position)] }
    }

    func contains(_ position: UInt64) -> Bool { position >= head && position < tail }

    /// Whether PUBREC came for the delivery at a position.
    func isConfirmed(at position: UInt64) -> Bool { contains(position) && self[position].isConfirmed }

    /// How often the delivery at a position ended in vain; 0 for one that is not there yet.
    func attempts(at position: UInt64) -> UInt16 { contains(position) ? self[position].attempts : 0 }

    /// Adds an entry at the end.
    mutating func append(_ entry: DeliveryEntry) {
        if count == ring.count { grow() }
        ring[(first + count) & (ring.count - 1)] = entry
        count += 1
        pending += 1
    }

    /// Marks the entry at a position as done and frees what is done at the front.
    mutating func finish(_ position: UInt64) {
        ring[index(position)] = .done
        pending -= 1
        trim()
    }

    /// A commit was made of the entry at a position: it is done, and its packet identifier in use until ``finish(_:)``.
    mutating func commit(_ position: UInt64) {
        ring[index(position)].commit()
        pending -= 1
        committed += 1
    }

    /// The acknowledgement of a committed entry came, or its connection is gone.
    mutating func close(_ position: UInt64) {
        ring[index(position)] = .done
        committed -= 1
        trim()
    }

    private mutating func trim() {
        while count > 0, ring[first].isClosed {
            first = (first + 1) & (ring.count - 1)
            head += 1
            count -= 1
        }
        if next < head { next = head }
        if count == 0, ring.count > 1_024 {
            ring = []
            first = 0
        }
    }

    /// The packet identifier of a position.
    @inline(__always)
    static func identifier(of position: UInt64) -> UInt16 {
        UInt16(position % lastIdentifier) + 1
    }

    /// The position a packet identifier stands for, when it is one that was sent.
    @inline(__always)
    func position(of identifier: UInt16) -> UInt64? {
        guard let position = place(of: identifier), position < next else { return nil }
        return position
    }

    /// The position a packet identifier stands for, sent on this connection or not.
    @inline(__always)
    func place(of identifier: UInt16) -> UInt64? {
        guard identifier >= 1, UInt64(identifier) <= Self.lastIdentifier else { return nil }
        let wanted = UInt64(identifier - 1)
        let distance = (wanted + Self.lastIdentifier - head % Self.lastIdentifier) % Self.lastIdentifier
        let position = head + distance
        return position < tail ? position : nil
    }

    /// Puts back an entry read from the journal, in any order of positions.
    mutating func restore(_ entry: DeliveryEntry, at position: UInt64) {
        if count == 0 {
            head = position
            next = position
            first = 0
        }
        while position < head { prepend() }
        while position >= tail {
            if count == ring.count { grow() }
            ring[(first + count) & (ring.count - 1)] = .done
            count += 1
        }
        if ring[index(position)].isDone { pending += 1 }
        ring[index(position)] = entry
        next = head
    }

    /// After the journal was read: drops what is done at the front.
    ///
    /// - Parameter window: How many may have been in flight before the crash.
    mutating func finishRestoring(window: Int) {
        trim()
        next = head
        var (position, left) = (head, window)
        while position < tail, left > 0 {
            let at = index(position)
            if !ring[at].isDone {
                left -= 1
                if ring[at].qos == 2 { ring[at].isInDoubt = true }
            }
            position += 1
        }
    }

    /// The connection is gone: on the next one it starts again at the front, and what was in flight is sent again, marked.
    ///
    /// - Parameter isAttempt: Whether what was in flight counts as delivered in vain.
    /// - Returns: The positions that count so.
    mutating func rewind(isAttempt: Bool) -> [UInt64] {
        var counted: [UInt64] = []
        var position = head
        while position < next {
            let at = index(position)
            if ring[at].isCommitted {
                ring[at] = .done
                committed -= 1
            } else if ring[at].isInflight {
                ring[at].isInflight = false
                ring[at].mayBeDuplicate = true
                ring[at].wasSent = true
                // What was confirmed is in its receiver's hands.
                if isAttempt, !ring[at].isConfirmed {
                    if ring[at].attempts < .max { ring[at].attempts += 1 }
                    counted.append(position)
                }
            }
            position += 1
        }
        trim()
        next = head
        return counted
    }

    private mutating func prepend() {
        if count == ring.count { grow() }
        first = (first + ring.count - 1) & (ring.count - 1)
        ring[first] = .done
        head -= 1
        count += 1
    }

    private mutating func grow() {
        var larger: [DeliveryEntry] = []
        larger.reserveCapacity(max(8, ring.count * 2))
        for offset in 0..<count { larger.append(ring[(first + offset) & (ring.count - 1)]) }
        while larger.count < max(8, ring.count * 2) { larger.append(.done) }
        ring = larger
        first = 0
    }
}
