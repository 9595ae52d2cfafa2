/// A first-in first-out ring of message handles.
struct MessageRing {
    private var ring: [Int32] = []
    private var first = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    subscript(offset: Int) -> Int32 { ring[(first + offset) & (ring.count - 1)] }

    /// Whether a message is in it; its messages are in the order of their sequences.
    func contains(_ message: Int32, in messages: MessageStore) -> Bool {
        let sequence = messages.slots[Int(message)].sequence
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if messages.slots[Int(self[middle])].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == message
    }

    mutating func append(_ message: Int32) {
        if count == ring.count { grow() }
        ring[(first + count) & (ring.count - 1)] = message
        count += 1
    }

    mutating func popFirst() -> Int32? {
        guard count > 0 else { return nil }
        let message = ring[first]
        first = (first + 1) & (ring.count - 1)
        count -= 1
        if count == 0, ring.count > 4_096 {
            ring = []
            first = 0
        }
        return message
    }

    private mutating func grow() {
        var larger: [Int32] = []
        larger.reserveCapacity(max(16, ring.count * 2))
        for offset in 0..<count { larger.append(self[offset]) }
        while larger.count < max(16, ring.count * 2) { larger.append(-1) }
        ring = larger
        first = 0
    }
}
