import NIOPosix
import Synchronization

/// Threads on which passwords are hashed, off the event loops, with a bound on how many wait.
package final class PasswordHasher: Sendable {
    private let pool: NIOThreadPool
    private let maximumWaiting: Int
    private let waiting = Mutex(0)

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: How many; each hashes one password at a time.
    ///   - maximumWaiting: Passwords that wait or are being hashed; past it ``run(_:)`` throws.
    package init(threads: Int, maximumWaiting: Int) {
        pool = NIOThreadPool(numberOfThreads: max(1, threads))
        pool.start()
        self.maximumWaiting = max(1, maximumWaiting)
    }

    /// Does something slow on one of the threads.
    ///
    /// - Parameter work: What to do.
    /// - Returns: What it returned.
    /// - Throws: `busy` when too many wait.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(AuthenticationError) -> Value {
        let isTaken = waiting.withLock { waiting in
            guard waiting < maximumWaiting else { return false }
            waiting += 1
            return true
        }
        guard isTaken else { throw AuthenticationError(.busy, "too many passwords wait to be hashed") }
        defer { waiting.withLock { $0 -= 1 } }
        do {
            return try await pool.runIfActive(work)
        } catch {
            throw AuthenticationError(.busy, "the threads that hash passwords were stopped", cause: error)
        }
    }

    /// Ends the threads.
    package func shutDown() async {
        try? await pool.shutdownGracefully()
    }
}
