import Synchronization

/// How many are inside, and how many have been.
final class Occupancy: Sendable {
    private let counts = Mutex((now: 0, ever: 0))

    /// How many have been inside.
    var ever: Int { self.counts.withLock { $0.ever } }

    /// Goes in.
    ///
    /// - Returns: How many are inside now.
    @discardableResult
    func enter() -> Int {
        self.counts.withLock { counts in
            counts.now += 1
            counts.ever += 1
            return counts.now
        }
    }

    func leave() { self.counts.withLock { $0.now -= 1 } }
}
