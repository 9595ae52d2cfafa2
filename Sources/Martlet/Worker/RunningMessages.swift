import Synchronization

/// The messages in the hands of handlers, so that a worker that ends can say which it left.
final class RunningMessages: Sendable {
    /// One message in the hands of a handler.
    struct Entry: Sendable {
        let handler: String
        let topic: String
        let since: Duration
    }

    private struct State {
        var next: UInt64 = 0
        var entries: [UInt64: Entry] = [:]
    }

    private let state = Mutex(State())

    /// The messages, the oldest first.
    var entries: [Entry] {
        state.withLock { state in state.entries.values.sorted { $0.since < $1.since } }
    }

    /// Notes a message.
    ///
    /// - Parameter entry: What is known about it.
    /// - Returns: Its number, for ``remove(_:)``.
    func insert(_ entry: Entry) -> UInt64 {
        state.withLock { state in
            state.next += 1
            state.entries[state.next] = entry
            return state.next
        }
    }

    /// Forgets a message.
    ///
    /// - Parameter number: Its number.
    func remove(_ number: UInt64) {
        _ = state.withLock { $0.entries.removeValue(forKey: number) }
    }
}
