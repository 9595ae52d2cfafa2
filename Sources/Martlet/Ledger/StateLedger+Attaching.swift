import CoreMetrics
import Logging
import MQTTClient
import SQLiteCheckpoint
import StateStore
import StateStoreClient
import Synchronization

/// What happens when a connection was made: which store is it, what did it lose, what has changed.
extension StateLedger {
    /// Looks at the store whenever there is a new connection or something was missed, until the ledger is closed.
    ///
    /// - Parameter extended: Whether the store tells what changes; one that does not is read each time.
    func follow(extended: Bool) async {
        isExtended.store(extended, ordering: .relaxed)
        await withDiscardingTaskGroup { group in
            if extended {
                group.addTask { await self.followChanges() }
                group.addTask { await self.keepRegistered() }
            }
            var failures = 0
            for await _ in signals {
                let connection = cache.connection
                do {
                    if attachment.incarnation == nil { try await establish(connection) }
                    failures = 0
                    if extended {
                        try await register()
                        try await synchronise(connection)
                    }
                } catch {
                    failures += 1
                    guard !Task.isCancelled, cache.connection == connection, !Self.isClosing(error) else { continue }
                    let isRefusal = (error as? StateStoreError)?.code == .notAuthorized
                    logger.log(
                        level: isRefusal ? .error : .warning,
                        isRefusal
                            ? "The state store refuses this worker its keys; trying again"
                            : "The state store does not answer; trying again",
                        metadata: ["error": "\(error)", "keys": "\(root), \(root)/*"]
                    )
                    let wait = Limits.backoff.wait(afterAttempt: failures, random: randomness())
                    group.addTask {
                        try? await self.time.sleep(wait)
                        self.missedChanges()
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Whether a request failed because the worker, which ends, has closed its client: nothing to tell of or to try again.
    private static func isClosing(_ error: any Error) -> Bool {
        ((error as? StateStoreError)?.cause as? MQTTClientError)?.code == .closed
    }

    private func followChanges() async {
        var failures = 0
        while !Task.isCancelled {
            do throws(StateStoreError) {
                try await port.followChanges(below: storeKey("")) { notice in
                    switch notice {
                    case .changed(let changes): self.note(changes)
                    default: self.missedChanges()
                    }
                }
                return
            } catch {
                guard !Self.isClosing(error) else { return }
                failures += 1
                logger.warning("Changes of the state can not be watched", metadata: ["error": "\(error)"])
                let wait = Limits.backoff.wait(afterAttempt: failures, random: randomness())
                guard (try? await time.sleep(wait)) != nil else { return }
            }
        }
    }

    private func note(_ changes: [StateStoreNotice.Changed]) {
        var doubtful: [String] = []
        for change in changes {
            guard let key = localKey(change.key.bytes) else { continue }
            if let name = Self.replica(key) {
                noteReplica(name, isThere: change.version != nil)
                continue
            }
            if let version = change.version, cache.version(of: key) == version { continue }
            doubtful.append(key)
            checkpoint?.note(.forget(change.key.bytes))
        }
        cache.doubt(doubtful)
        metrics.notices.increment(by: changes.count)
    }

    // MARK: What has changed

    /// Asks for what changed since the newest version that is known, and believes the rest to be current.
    private func synchronise(_ connection: UInt64) async throws {
        guard let checkpoint else { return }
        let since = checkpoint.newest.map { StateStoreVersion($0) }
        var cursor: [UInt8]?
        var pages = 0
        repeat {
            let page = try await port.changed(below: storeKey(""), since: since, after: cursor)
            for item in page.items { note(item) }
            cursor = page.cursor
            pages += 1
            // What is not written yet waits in memory.
            if pages.isMultiple(of: Limits.pagesBeforeWriting) { await checkpoint.flush() }
            guard cache.connection == connection, pages < Limits.synchronisingPages else { return }
        } while cursor != nil
        cache.synchronised(connection)
        logger.debug("The state is synchronised", metadata: ["pages": "\(pages)"])
    }

    private func note(_ item: StateStoreScanItem) {
        guard let key = localKey(item.key.bytes) else { return }
        if let name = Self.replica(key) { return noteReplica(name, isThere: true) }
        guard cache.version(of: key) != item.version else { return }
        cache.doubt(CollectionOfOne(key))
        if let value = item.value {
            checkpoint?.note(.put(CheckpointRow(item.key, StateStoreEntry(value: value, version: item.version))))
        } else {
            checkpoint?.note(.forget(item.key.bytes))
        }
    }
}
