import MQTTClient
import StateStore

// The one place of this room that begins tasks which nobody waits for: the end of a watch is told by `deinit`, which can not wait.
extension StateStoreClient {
    /// Tells the store that nobody watches a key any more; should that get lost, notifications come and are dropped.
    func stopWatching(key: [UInt8]) {
        if self.client.hasEnded { return }
        Task {
            _ = try? await self.ask(.unwatch(key: key))
            self.watches.stopped(key: key)
        }
    }

    /// The same of a prefix.
    func stopWatching(prefix: [UInt8]) {
        if self.client.hasEnded { return }
        Task {
            _ = try? await self.ask(.unwatchPrefix(prefix))
            self.watches.stopped(prefix: prefix)
        }
    }
}

extension LeaseDriver {
    /// Begins to run; it must be able to let go though whoever wants the lease was cancelled.
    func start() -> Task<Void, Never> {
        Task { await self.run() }
    }
}
