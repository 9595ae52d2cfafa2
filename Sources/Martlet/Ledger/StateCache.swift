import StateStoreClient
import Synchronization

/// What a worker knows of its state, in memory: values with versions, and whether they are believed to be current.
///
/// It may be wrong: each commit checks the versions that its run saw. The notices of the store and the answers to commits
/// keep it fresh; a lost connection makes all of it doubtful until the store was asked what changed.
final class StateCache: Sendable {
    /// What is known of a key.
    enum Lookup {
        /// This is believed to be current.
        case current(StoredState)
        /// This stood there once.
        case old(StoredState)
        /// Nothing.
        case unknown
    }

    private struct Entry {
        var stored: StoredState
        var size: Int
        var isDoubtful: Bool
        // In which connection it was read or written.
        var connection: UInt64
    }

    private struct State {
        // Two ages: what is found among the old comes to the young; when the young are too many they are the old, and the old go.
        var young: [String: Entry] = [:]
        var old: [String: Entry] = [:]
        var youngBytes = 0
        var connection: UInt64 = 0
        var isSynchronised = false
    }

    private static let overhead = 160
    private let maximumBytes: Int
    private let state = Mutex(State())

    /// Makes an empty cache.
    ///
    /// - Parameter maximumBytes: About how many bytes it holds at the most.
    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Which connection this is, from 0.
    var connection: UInt64 { state.withLock { $0.connection } }

    /// Whether everything that was not touched since is believed to be current.
    var isSynchronised: Bool { state.withLock { $0.isSynchronised } }

    /// Looks a key up.
    ///
    /// - Parameter key: The key.
    /// - Returns: What is known.
    func lookUp(_ key: String) -> Lookup {
        state.withLock { state in
            guard let entry = state.young[key] ?? state.old[key] else { return .unknown }
            if state.young[key] == nil { insert(entry, key, &state) }
            let isCurrent = state.isSynchronised || entry.connection == state.connection
            return isCurrent && !entry.isDoubtful ? .current(entry.stored) : .old(entry.stored)
        }
    }

    /// Notes what the store has.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - stored: What stands there.
    ///   - connection: In which connection that was learnt; what a lost one said is old.
    ///   - isDoubtful: Whether it is not known to be current.
    func put(_ key: String, _ stored: StoredState, connection: UInt64, isDoubtful: Bool = false) {
        state.withLock { state in
            let present = state.young[key] ?? state.old[key]
            // An answer that was overtaken by another of the same connection.
            if let present, !present.isDoubtful, present.connection == connection,
                let version = present.stored.version, let new = stored.version, new < version
            {
                return
            }
            let entry = Entry(
                stored: stored,
                size: key.utf8.count + (stored.envelope?.payload.count ?? 0) + Self.overhead,
                isDoubtful: isDoubtful,
                connection: connection
            )
            insert(entry, key, &state)
        }
    }

    /// Says that keys may have changed.
    ///
    /// - Parameter keys: The keys.
    func doubt(_ keys: some Sequence<String>) {
        state.withLock { state in
            for key in keys {
                state.young[key]?.isDoubtful = true
                state.old[key]?.isDoubtful = true
            }
        }
    }

    /// The version that is known of a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: The version; `nil` when none is known.
    func version(of key: String) -> StateStoreVersion? {
        state.withLock { ($0.young[key] ?? $0.old[key])?.stored.version }
    }

    /// The connection is lost: nothing is known to be current.
    func disconnected() {
        state.withLock { state in
            state.connection += 1
            state.isSynchronised = false
        }
    }

    /// All that changed while nobody listened is noted.
    ///
    /// - Parameter connection: In which connection.
    func synchronised(_ connection: UInt64) {
        state.withLock { state in
            if state.connection == connection { state.isSynchronised = true }
        }
    }

    /// All values that are known.
    var values: [(key: String, stored: StoredState)] {
        state.withLock { state in
            let all = state.old.merging(state.young) { _, young in young }
            return all.compactMap { $0.value.stored.version == nil ? nil : ($0.key, $0.value.stored) }
        }
    }

    private func insert(_ entry: Entry, _ key: String, _ state: inout State) {
        if let present = state.young.updateValue(entry, forKey: key) { state.youngBytes -= present.size }
        state.old[key] = nil
        state.youngBytes += entry.size
        guard state.youngBytes > maximumBytes / 2 else { return }
        state.old = state.young
        state.young = [:]
        state.youngBytes = 0
    }
}
