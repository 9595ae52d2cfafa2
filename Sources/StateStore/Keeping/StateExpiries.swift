/// When keys expire: a heap with the earliest at its top.
///
/// Keys that do not expire are not in it and cost nothing.
///
/// Every slot in it knows its place, so a lifetime that is renewed or ended takes a number of steps by the logarithm of the size.
struct StateExpiries {
    private var heap: [Entry] = []

    /// The bytes that the heap takes.
    var allocatedBytes: Int { heap.capacity * MemoryLayout<Entry>.stride }

    /// When the next key expires; `Int64.max` if none does.
    @inline(__always)
    var next: Int64 { heap.isEmpty ? .max : heap[0].time }

    /// The slot that expires next; `StateSlot.none` if none does.
    var first: Int32 { heap.isEmpty ? StateSlot.none : heap[0].slot }

    /// When the key at a place expires.
    @inline(__always)
    func time(at place: Int32) -> Int64 { heap[Int(place)].time }

    /// Sets or changes when a slot expires.
    mutating func set(_ time: Int64, of slot: Int32, in slots: inout StateSlots) {
        var place = Int(slots[slot].expiry)
        if place < 0 {
            place = heap.count
            heap.append(Entry(time: time, slot: slot))
            slots[slot].expiry = Int32(place)
        } else {
            heap[place].time = time
        }
        settle(place, &slots)
    }

    /// Takes a slot out, if it is in.
    mutating func remove(_ slot: Int32, in slots: inout StateSlots) {
        let place = Int(slots[slot].expiry)
        guard place >= 0 else { return }
        slots[slot].expiry = StateSlot.none
        let last = heap.removeLast()
        guard place < heap.count else { return }
        heap[place] = last
        slots[last.slot].expiry = Int32(place)
        settle(place, &slots)
    }

    private mutating func settle(_ start: Int, _ slots: inout StateSlots) {
        var place = start
        let entry = heap[place]
        while place > 0, heap[(place &- 1) / 2].time > entry.time {
            move((place &- 1) / 2, to: place, &slots)
            place = (place &- 1) / 2
        }
        while true {
            var child = place &* 2 &+ 1
            guard child < heap.count else { break }
            if child &+ 1 < heap.count, heap[child &+ 1].time < heap[child].time { child &+= 1 }
            guard heap[child].time < entry.time else { break }
            move(child, to: place, &slots)
            place = child
        }
        heap[place] = entry
        slots[entry.slot].expiry = Int32(place)
    }

    @inline(__always)
    private mutating func move(_ source: Int, to target: Int, _ slots: inout StateSlots) {
        heap[target] = heap[source]
        slots[heap[target].slot].expiry = Int32(target)
    }
}

extension StateExpiries {
    private struct Entry {
        var time: Int64
        var slot: Int32
    }
}
