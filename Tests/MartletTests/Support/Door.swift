import Foundation

/// Holds threads until it is opened: what a handler that blocks does.
final class Door: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// Blocks the calling thread.
    func block() { semaphore.wait() }

    /// Lets so many threads through.
    func open(for count: Int) {
        for _ in 0..<count { semaphore.signal() }
    }
}
