import Synchronization

/// Whether the store was looked at since the connection was made, and who waits for that.
final class Attachment: Sendable {
    private let latch = Mutex(Latch<StoreIncarnation>())

    /// The incarnation, if the store was looked at.
    var incarnation: StoreIncarnation? { latch.withLock { $0 }.value }

    /// Waits until the store was looked at.
    ///
    /// - Returns: The incarnation; `nil` when the task was cancelled, or the connection was lost first.
    func wait() async -> StoreIncarnation? {
        let latch = latch.withLock { $0 }
        return await latch.wait()
    }

    /// The store was looked at.
    ///
    /// - Parameter incarnation: What was found.
    func open(_ incarnation: StoreIncarnation) {
        latch.withLock { $0 }.set(incarnation)
    }

    /// What was found does not count any more: whoever asks waits from here on.
    ///
    /// - Parameter stale: The incarnation that was found wrong; if another has been found meanwhile, nothing happens. `nil` for any.
    func close(_ stale: StoreIncarnation? = nil) {
        latch.withLock { latch in
            guard let present = latch.value, stale == nil || present == stale else { return }
            latch = Latch()
        }
    }
}
