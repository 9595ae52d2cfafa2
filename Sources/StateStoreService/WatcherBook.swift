import Synchronization

/// Which clients of the foreign broker watch which keys.
final class WatcherBook: Sendable {
    private struct State {
        var clients: [[UInt8]: Set<String>] = [:]
        var count = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a client watches a key.
    func contains(_ client: String, _ key: [UInt8]) -> Bool {
        state.withLock { $0.clients[key]?.contains(client) ?? false }
    }

    /// Whether there is room for one more.
    var hasRoom: Bool { state.withLock { $0.count < limit } }

    /// All keys that somebody watches.
    var keys: [[UInt8]] { state.withLock { Array($0.clients.keys) } }

    /// Who watches a key.
    func clients(of key: [UInt8]) -> [String] {
        state.withLock { $0.clients[key].map { $0.sorted() } ?? [] }
    }

    /// Enters a watch.
    func insert(_ client: String, _ key: [UInt8]) {
        state.withLock { state in
            if state.clients[key, default: []].insert(client).inserted { state.count += 1 }
        }
    }

    /// Takes a watch out.
    ///
    /// - Returns: Whether nobody watches the key any more.
    func remove(_ client: String, _ key: [UInt8]) -> Bool {
        state.withLock { state in
            guard state.clients[key]?.remove(client) != nil else { return false }
            state.count -= 1
            guard state.clients[key]?.isEmpty == true else { return false }
            state.clients[key] = nil
            return true
        }
    }
}
