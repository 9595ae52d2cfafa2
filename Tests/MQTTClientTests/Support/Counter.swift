import Synchronization

/// Counts from several threads.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { self.count.withLock { $0 } }

    @discardableResult
    func next() -> Int {
        self.count.withLock { count in
            count += 1
            return count
        }
    }
}
