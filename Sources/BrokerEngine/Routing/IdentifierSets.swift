/// The sets of subscription identifiers in use, each once, counted, so that a queue entry holds four bytes for them.
struct IdentifierSets {
    struct Slot {
        var identifiers: [UInt32]
        var references: Int32
    }

    private(set) var slots: [Slot] = []
    private var free: [Int32] = []
    private var index: [[UInt32]: Int32] = [:]
    /// Sets in use.
    var count: Int { index.count }

    subscript(set: Int32) -> [UInt32] { slots[Int(set)].identifiers }

    /// The handle of a set, with one reference more; -1 for the empty set.
    mutating func intern(_ identifiers: [UInt32]) -> Int32 {
        if identifiers.isEmpty { return -1 }
        if let known = index[identifiers] {
            slots[Int(known)].references += 1
            return known
        }
        let slot = Slot(identifiers: identifiers, references: 1)
        let handle: Int32
        if let reused = free.popLast() {
            handle = reused
            slots[Int(handle)] = slot
        } else {
            slots.append(slot)
            handle = Int32(slots.count - 1)
        }
        index[identifiers] = handle
        return handle
    }

    @inline(__always)
    mutating func retain(_ set: Int32) {
        if set >= 0 { slots[Int(set)].references += 1 }
    }

    @inline(__always)
    mutating func release(_ set: Int32) {
        guard set >= 0 else { return }
        slots[Int(set)].references -= 1
        if slots[Int(set)].references == 0 { remove(set) }
    }

    private mutating func remove(_ set: Int32) {
        index[slots[Int(set)].identifiers] = nil
        slots[Int(set)].identifiers = []
        free.append(set)
    }
}
