import NIOCore

/// Tasks by the time at which they are due: a binary heap of times, and the tasks beside it, so that one is cancelled without a search.
struct TimerHeap {
    /// What is due, and what is told when the loop ends first.
    struct Work: Sendable {
        let run: @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct Entry {
        let due: NIODeadline
        let number: UInt64

        /// Of two that are due at the same time, the one asked for first comes first.
        static func isSooner(_ one: Entry, than other: Entry) -> Bool {
            one.due < other.due || one.due == other.due && one.number < other.number
        }
    }

    private var heap: [Entry] = []
    private var work: [UInt64: Work] = [:]

    /// When the next one is due.
    var nextDue: NIODeadline? { heap.first?.due }

    /// Adds a task.
    ///
    /// - Parameters:
    ///   - number: What it can be cancelled by; grows from one to the next.
    ///   - due: When it is due.
    ///   - task: The task.
    mutating func add(_ number: UInt64, due: NIODeadline, _ task: Work) {
        work[number] = task
        heap.append(Entry(due: due, number: number))
        var at = heap.count - 1
        while at > 0, Entry.isSooner(heap[at], than: heap[(at - 1) / 2]) {
            heap.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    /// Forgets a task; its time stays until it has come, or is the first.
    mutating func cancel(_ number: UInt64) {
        work[number] = nil
        dropCancelled()
    }

    /// Takes the next task that is due.
    mutating func popDue(_ now: NIODeadline) -> Work? {
        dropCancelled()
        guard let first = heap.first, first.due <= now else { return nil }
        popFirst()
        defer { dropCancelled() }
        return work.removeValue(forKey: first.number)
    }

    /// Takes all tasks, due or not, in no order.
    mutating func removeAll() -> [Work] {
        defer { self = TimerHeap() }
        return Array(work.values)
    }

    private mutating func dropCancelled() {
        while let first = heap.first, work[first.number] == nil { popFirst() }
    }

    private mutating func popFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2]
            where child < heap.count && Entry.isSooner(heap[child], than: heap[least]) {
                least = child
            }
            if least == at { return }
            heap.swapAt(at, least)
            at = least
        }
    }
}
