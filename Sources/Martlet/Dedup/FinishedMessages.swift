import DequeModule
import Synchronization

/// The messages of which this process knows that all they published has arrived: their outboxes need not be kept.
final class FinishedMessages: Sendable {
    /// How many are remembered.
    static let limit = 16_384

    private let state = Mutex((order: Deque<String>(), all: Set<String>()))

    /// Remembers a message.
    ///
    /// - Parameter identifier: What it is called.
    func insert(_ identifier: String) {
        state.withLock { state in
            guard state.all.insert(identifier).inserted else { return }
            state.order.append(identifier)
            if state.order.count > Self.limit, let oldest = state.order.popFirst() { state.all.remove(oldest) }
        }
    }

    /// Whether a message is remembered.
    ///
    /// - Parameter identifier: What it is called.
    /// - Returns: Whether it is.
    func contains(_ identifier: String) -> Bool {
        state.withLock { $0.all.contains(identifier) }
    }
}
