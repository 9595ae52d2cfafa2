import MQTTClient
import StateStore

/// What becomes of one key; see ``StateStoreClient/watch(_:)``.
public struct StateStoreWatch: AsyncSequence, Sendable {
    /// What the sequence gives.
    public typealias Element = StateStoreChange

    let store: StateStoreClient
    let key: StateStoreKey

    /// Makes an iterator, which registers at its first step and lets go when it is gone.
    ///
    /// - Returns: The iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(store: self.store, key: self.key)
    }

    /// Gives one change after the other.
    public struct Iterator: AsyncIteratorProtocol {
        /// What the consumer knows of the key.
        private enum Known {
            case nothing, present, absent
        }

        private let store: StateStoreClient
        private let key: StateStoreKey
        private var registration: KeyRegistration?
        private var known = Known.nothing
        private var version: StateStoreVersion?
        private var registeredLoss: UInt64?
        private var registeredAt = Duration.zero
        private var failures = 0

        init(store: StateStoreClient, key: StateStoreKey) {
            self.store = store
            self.key = key
        }

        /// Waits for the next change.
        ///
        /// - Returns: The change; `nil` when the task is cancelled or the MQTT client has ended.
        /// - Throws: ``StateStoreError`` when the store refuses the watch.
        public mutating func next() async throws(StateStoreError) -> StateStoreChange? {
            let watch = try await self.begin()
            while !Task.isCancelled, !self.store.client.hasEnded {
                var wait = self.store.configuration.watchRefresh
                let age = self.store.now() - self.registeredAt
                if self.registeredLoss != watch.loss || age >= wait {
                    do throws(StateStoreError) {
                        if let change = try await self.register(watch) { return change }
                    } catch {
                        guard error.isTransient else { throw error }
                        wait = self.store.pause(afterFailures: self.failures)
                        self.failures += 1
                    }
                } else {
                    wait -= age
                }
                if let change = watch.take(), let news = self.merge(change) { return news }
                if self.failures == 0, self.registeredLoss != watch.loss { continue }
                await watch.wakeUp.wait(for: wait, self.store.client.configuration.clock)
            }
            return nil
        }

        private mutating func begin() async throws(StateStoreError) -> KeyWatch {
            if let registration = self.registration { return registration.watch }
            try StateStoreClient.check(self.key)
            try await self.store.attachWatches()
            let registration = KeyRegistration(store: self.store, watch: KeyWatch(key: self.key.bytes))
            try self.store.watches.add(registration.watch)
            self.registration = registration
            return registration.watch
        }

        /// Registers and reads: what changed before is in what is read, what changes later is told.
        private mutating func register(_ watch: KeyWatch) async throws(StateStoreError) -> StateStoreChange? {
            let loss = watch.loss
            let answer = try await self.store.askAgain(.watch(key: self.key.bytes))
            switch answer.value {
            // Some stores say 0 where the watch was there already.
            case .simple, .integer: break
            default: throw answer.malformed
            }
            let arrivals = watch.arrivals
            let entry = try await self.store.get(self.key)
            self.failures = 0
            self.registeredLoss = loss
            self.registeredAt = self.store.now()
            if let entry {
                if self.known == .present, entry.version == self.version { return nil }
                self.known = .present
                self.version = entry.version
                return StateStoreChange(value: entry.value, version: entry.version)
            }
            // A notification that came after the question tells more than an answer without a version.
            if self.known == .absent || (self.known == .present && watch.arrivals != arrivals) { return nil }
            self.known = .absent
            return StateStoreChange(value: nil, version: nil)
        }

        /// Whether a notification is news.
        private mutating func merge(_ change: StateStoreChange) -> StateStoreChange? {
            if let version = change.version, let last = self.version, version <= last { return nil }
            if change.value == nil, self.known == .absent { return nil }
            self.known = change.value == nil ? .absent : .present
            self.version = change.version ?? self.version
            return change
        }
    }
}

/// Keeps a watch in the book for as long as its iterator is there.
final class KeyRegistration: Sendable {
    let watch: KeyWatch
    private let store: StateStoreClient

    init(store: StateStoreClient, watch: KeyWatch) {
        self.store = store
        self.watch = watch
    }

    deinit {
        if self.store.watches.remove(self.watch) { self.store.stopWatching(key: self.watch.key) }
    }
}
