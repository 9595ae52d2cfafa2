import MQTTClient
import StateStore

/// What changes among the keys of a prefix; see ``StateStoreClient/changes(prefix:)``.
public struct StateStoreChanges: AsyncSequence, Sendable {
    /// What the sequence gives.
    public typealias Element = StateStoreNotice

    let store: StateStoreClient
    let prefix: StateStoreKey

    /// Makes an iterator, which registers at its first step and lets go when it is gone.
    ///
    /// - Returns: The iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(store: self.store, prefix: self.prefix)
    }

    /// Gives one notice after the other; the first is a gap, for what was before is not told.
    public struct Iterator: AsyncIteratorProtocol {
        private let store: StateStoreClient
        private let prefix: StateStoreKey
        private var registration: PrefixRegistration?
        private var registeredLoss: UInt64?
        private var failures = 0

        init(store: StateStoreClient, prefix: StateStoreKey) {
            self.store = store
            self.prefix = prefix
        }

        /// Waits for the next notice.
        ///
        /// - Returns: The notice; `nil` when the task is cancelled or the MQTT client has ended.
        /// - Throws: ``StateStoreError`` when the store refuses the watch.
        public mutating func next() async throws(StateStoreError) -> StateStoreNotice? {
            let watch = try await self.begin()
            while !Task.isCancelled, !self.store.client.hasEnded {
                var wait: Duration?
                let loss = watch.loss
                if self.registeredLoss != loss {
                    do throws(StateStoreError) {
                        try self.store.needExtension("watching of prefixes")
                        let answer = try await self.store.askAgain(.watchPrefix(self.prefix.bytes))
                        guard case .simple = answer.value else { throw answer.malformed }
                        self.failures = 0
                        self.registeredLoss = loss
                        watch.missed()
                    } catch {
                        guard error.isTransient else { throw error }
                        wait = self.store.pause(afterFailures: self.failures)
                        self.failures += 1
                    }
                }
                if let notice = watch.take() { return notice }
                if self.failures == 0, self.registeredLoss != watch.loss { continue }
                await watch.wakeUp.wait(for: wait, self.store.client.configuration.clock)
            }
            return nil
        }

        private mutating func begin() async throws(StateStoreError) -> PrefixWatch {
            if let registration = self.registration { return registration.watch }
            try await self.store.attachWatches()
            let registration = PrefixRegistration(store: self.store, watch: PrefixWatch(prefix: self.prefix.bytes))
            try self.store.watches.add(registration.watch)
            self.registration = registration
            return registration.watch
        }
    }
}

/// Keeps a watch in the book for as long as its iterator is there.
final class PrefixRegistration: Sendable {
    let watch: PrefixWatch
    private let store: StateStoreClient

    init(store: StateStoreClient, watch: PrefixWatch) {
        self.store = store
        self.watch = watch
    }

    deinit {
        if self.store.watches.remove(self.watch) { self.store.stopWatching(prefix: self.watch.prefix) }
    }
}
