/// The deliveries that were handed back to their groups to come later, the earliest first: a binary heap.
///
/// An entry may be out of date; ``SharedGroup/delayed`` says what counts.
struct DelayQueue {
    /// One of them.
    struct Entry {
        var due: EngineTime
        var message: Int32
        var group: Int32
    }

    private var heap: [Entry] = []

    /// When the next one is due; `never` for none.
    var nextDue: EngineTime { heap.first?.due ?? .never }

    mutating func insert(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the earliest out when it is due.
    mutating func popDue(at now: EngineTime) -> Entry? {
        guard let first = heap.first, first.due <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due
            {
                least = child
            }
            if least == parent { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
