/// The packet identifiers of QoS 2 messages that a client sent and has not released yet (MQTT 5.0 §4.3.3): a message that comes again
/// under one of them is the same message.
///
/// A hash table that probes forward, made when the first identifier comes: identifiers mostly follow one another, so that each lies
/// at its own place. There are never more than there are packet identifiers.
struct ReceivedIdentifiers {
    /// One identifier in its handshake.
    struct Receipt {
        /// 0 for a free place.
        var identifier: UInt16 = 0
        /// Whether its record was copied to the tail of the journal; else it stands on the page of its message.
        var wasMoved = false
        /// Bytes of its record; 0 when the journal does not have it.
        var recordBytes: Int32 = 0
        /// The page that PUBREC waits for: that of its record and its message; 0 for none.
        var page: UInt64 = 0

        /// Where its record stands in the journal.
        var fact: FactPlace {
            get { recordBytes == 0 ? FactPlace() : FactPlace(page: page, bytes: Int(recordBytes)) }
            set { (page, recordBytes) = (newValue.page, Int32(newValue.bytes)) }
        }
    }

    private static let smallestTable = 8

    private var table: [Receipt] = []
    /// How many there are.
    private(set) var count = 0
    /// The newest page on which one was released: until it is durable nobody is told that an identifier is free.
    var releasedOn: UInt64 = 0

    /// All of them, in no order that means anything.
    var receipts: [Receipt] { table.filter { $0.identifier != 0 } }

    /// What is known of an identifier; nil when it is in no handshake.
    subscript(identifier: UInt16) -> Receipt? {
        guard count > 0 else { return nil }
        let index = place(of: identifier)
        return table[index].identifier == 0 ? nil : table[index]
    }

    /// Puts an identifier in, or in the place of what was known of it.
    mutating func put(_ receipt: Receipt) {
        if (count + 1) * 2 > table.count { grow() }
        let index = place(of: receipt.identifier)
        if table[index].identifier == 0 { count += 1 }
        table[index] = receipt
    }

    /// Takes an identifier out; nil when it is in no handshake.
    mutating func remove(_ identifier: UInt16) -> Receipt? {
        guard count > 0 else { return nil }
        var hole = place(of: identifier)
        let removed = table[hole]
        guard removed.identifier != 0 else { return nil }
        count -= 1
        let mask = table.count - 1
        var next = (hole + 1) & mask
        // Who was pushed beyond the hole comes back to where it is found.
        while table[next].identifier != 0 {
            let home = Int(table[next].identifier) & mask
            if (next - home) & mask >= (next - hole) & mask {
                table[hole] = table[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        table[hole] = Receipt()
        return removed
    }

    /// Takes all out.
    mutating func removeAll() {
        table = []
        count = 0
    }

    /// Where an identifier is, or would be put.
    private func place(of identifier: UInt16) -> Int {
        let mask = table.count - 1
        var index = Int(identifier) & mask
        while table[index].identifier != 0, table[index].identifier != identifier { index = (index + 1) & mask }
        return index
    }

    private mutating func grow() {
        let old = table
        table = Array(repeating: Receipt(), count: max(Self.smallestTable, old.count * 2))
        for receipt in old where receipt.identifier != 0 { table[place(of: receipt.identifier)] = receipt }
    }
}
