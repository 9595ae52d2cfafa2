/// Events in the order of their times; those of the same time in the order in which they were added.
struct EventQueue<Event> {
    private var heap: [(time: Int64, number: Int, event: Event)] = []
    private var last = 0

    mutating func add(_ event: Event, at time: Int64) {
        self.last += 1
        self.heap.append((time, self.last, event))
        var index = self.heap.count - 1
        while index > 0, self.comes(index, before: (index - 1) / 2) {
            self.heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func next() -> (time: Int64, event: Event)? {
        guard let first = self.heap.first else { return nil }
        self.heap.swapAt(0, self.heap.count - 1)
        self.heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < self.heap.count && self.comes(child, before: least) {
                least = child
            }
            if least == index { break }
            self.heap.swapAt(index, least)
            index = least
        }
        return (first.time, first.event)
    }

    private func comes(_ left: Int, before right: Int) -> Bool {
        (self.heap[left].time, self.heap[left].number) < (self.heap[right].time, self.heap[right].number)
    }
}
