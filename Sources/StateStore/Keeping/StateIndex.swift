/// Finds the slot of a key by its hash: 256 tables of open addressing, each of which grows by itself, so that no write
/// waits until a large table was built anew.
///
/// The tables hold slots only; hashes and keys are compared where they lie.
struct StateIndex {
    /// The tables, as a power of two: the upper bits of the hash choose one.
    static let tableBits: UInt32 = 8
    /// The entries of a table when its first key comes.
    private static let smallestTable = 8

    private var tables = [[Int32]](repeating: [], count: 1 << Int(tableBits))
    private var counts = [Int32](repeating: 0, count: 1 << Int(tableBits))

    /// The bytes that the tables take.
    var allocatedBytes: Int { tables.reduce(0) { $0 + $1.count * MemoryLayout<Int32>.stride } }

    @inline(__always)
    private static func table(of hash: UInt32) -> Int {
        Int(hash &>> (32 &- tableBits))
    }

    /// Finds the slot that a test accepts.
    ///
    /// - Parameters:
    ///   - hash: The hash of the key.
    ///   - isWanted: Whether a slot is the one.
    /// - Returns: ``StateSlot/none`` if there is none.
    @inline(__always)
    func find(_ hash: UInt32, _ isWanted: (Int32) -> Bool) -> Int32 {
        let number = Self.table(of: hash)
        let capacity = tables[number].count
        if capacity == 0 { return StateSlot.none }
        var place = Int(hash) & (capacity &- 1)
        while true {
            let index = tables[number][place]
            if index == StateSlot.none || isWanted(index) { return index }
            place = (place &+ 1) & (capacity &- 1)
        }
    }

    /// Enters a slot that is not there.
    ///
    /// - Parameters:
    ///   - index: The slot.
    ///   - hash: The hash of its key.
    ///   - slots: All slots, for their hashes.
    @inline(__always)
    mutating func insert(_ index: Int32, hash: UInt32, in slots: borrowing StateSlots) {
        let number = Self.table(of: hash)
        if (Int(counts[number]) &+ 1) &* 8 > tables[number].count &* 7 { grow(number, slots) }
        counts[number] &+= 1
        Self.put(index, hash, into: &tables[number])
    }

    /// Takes a slot out; those behind it move up, so that no mark of it stays.
    ///
    /// - Parameters:
    ///   - index: The slot, which is there.
    ///   - hash: The hash of its key.
    ///   - slots: All slots, for their hashes.
    mutating func remove(_ index: Int32, hash: UInt32, in slots: borrowing StateSlots) {
        let number = Self.table(of: hash)
        let mask = tables[number].count &- 1
        var hole = Int(hash) & mask
        while tables[number][hole] != index { hole = (hole &+ 1) & mask }
        var place = hole
        while true {
            place = (place &+ 1) & mask
            let other = tables[number][place]
            if other == StateSlot.none { break }
            let home = Int(slots[other].hash) & mask
            // It may move into the hole if its home does not lie between the hole and its place.
            if (place &- home) & mask >= (place &- hole) & mask {
                tables[number][hole] = other
                hole = place
            }
        }
        tables[number][hole] = StateSlot.none
        counts[number] &-= 1
    }

    @inline(__always)
    private static func put(_ index: Int32, _ hash: UInt32, into table: inout [Int32]) {
        let mask = table.count &- 1
        var place = Int(hash) & mask
        while table[place] != StateSlot.none { place = (place &+ 1) & mask }
        table[place] = index
    }

    @inline(never)
    private mutating func grow(_ number: Int, _ slots: borrowing StateSlots) {
        let capacity = max(Self.smallestTable, tables[number].count &* 2)
        var table = [Int32](repeating: StateSlot.none, count: capacity)
        for index in tables[number] where index != StateSlot.none {
            Self.put(index, slots[index].hash, into: &table)
        }
        tables[number] = table
    }
}
