import CoreMetrics
import Logging
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
            if extended { group.addTask { await self.followChanges() } }
            var failures = 0
            for await _ in signals {
                let connection = cache.connection
                do {
                    if attachment.incarnation == nil { try await establish(connection) }
                    failures = 0
                    if extended { try await synchronise(connection) }
                } catch {
                    failures += 1
                    guard !Task.isCancelled, cache.connection == connection else { continue }
                    logger.warning("The state store does not answer; trying again", metadata: ["error": "\(error)"])
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
                failures += 1
                logger.warning("Changes of the state can not be watched", metadata: ["error": "\(error)"])
                let wait = Limits.backoff.wait(afterAttempt: failures, random: randomness())
                guard (try? await time.sleep(wait)) != nil else { return }
            }
        }
    }

    private func note(_ changes: [StateStoreNotice.Changed]) {
        metrics.notices.increment(by: changes.count)
        var doubtful: [String] = []
        for change in changes {
            guard let key = localKey(change.key.bytes) else { continue }
            if let version = change.version, cache.version(of: key) == version { continue }
            doubtful.append(key)
            checkpoint?.note(.forget(change.key.bytes))
        }
        cache.doubt(doubtful)
    }

    // MARK: Which store it is

    private func establish(_ connection: UInt64) async throws {
        let mark = StateStoreKey(root)
        let known = checkpoint?.note("incarnation")
        let remembered = known ?? lastIncarnation.withLock { $0 }
        let found = try await port.get(mark)
        if let remembered, found?.value != remembered {
            try await seed(foundAnother: found != nil)
        }
        let entry: StateStoreEntry
        if let found {
            entry = found
        } else {
            let random = UInt64(randomness() * 0x1p53)
            let text = StoreIncarnation.makeText(random ^ UInt64(bitPattern: time.wallMilliseconds) << 20)
            _ = try await port.set(mark, text, if: .absent, expiresIn: nil)
            // Whoever wrote it: what stands there counts.
            guard let now = try await port.get(mark) else {
                throw WorkerError(.stateUnavailable, "what was just written to the state store is not there")
            }
            entry = now
        }
        guard entry.value.starts(with: Array(StoreIncarnation.prefix.utf8)) else {
            throw WorkerError(
                .stateForeign,
                "what stands under '\(root)' in the state store was not written by a worker: give another state root"
            )
        }
        checkpoint?.note("incarnation", entry.value)
        lastIncarnation.withLock { $0 = entry.value }
        guard cache.connection == connection else { return }
        attachment.open(StoreIncarnation(text: entry.value, version: entry.version))
    }

    // MARK: Seeding

    /// Gives a store that lost its content what this worker knows: the newest version wins.
    ///
    /// Several replicas may do this at once. A value goes in only where there is none, or where there is one that another replica
    /// seeded from an older version; what was written since the loss stays.
    ///
    /// - Parameter foundAnother: Whether somebody has begun the store anew already.
    /// - Throws: What the store says when it does not take a value.
    private func seed(foundAnother: Bool) async throws {
        metrics.storesLost.increment()
        logger.error(
            "The state store has lost its content; it is seeded with what this replica knows",
            metadata: ["begun_anew": "\(foundAnother)", "root": "\(root)"]
        )
        var seeded = 0
        var remembered: [String: CheckpointRow] = [:]
        for (key, stored) in cache.values {
            guard let row = stored.row(storeKey(key)) else { continue }
            remembered[key] = row
        }
        await checkpoint?.flush()
        var last: [UInt8]?
        while let rows = checkpoint?.rows(after: last, limit: Limits.rowsAtOnce), !rows.isEmpty {
            last = rows.last?.key
            var newest: [CheckpointRow] = []
            for row in rows {
                guard let key = localKey(row.key) else { continue }
                let other = remembered.removeValue(forKey: key)
                newest.append(other.map { $0.version > row.version ? $0 : row } ?? row)
            }
            seeded += try await seed(newest)
        }
        seeded += try await seed(Array(remembered.values))
        cache.doubt(cache.values.map(\.key))
        metrics.valuesSeeded.increment(by: seeded)
        logger.notice("The state store is seeded", metadata: ["values": "\(seeded)"])
    }

    private func seed(_ rows: [CheckpointRow]) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var seeded = 0
            for (index, row) in rows.enumerated() {
                if index >= Limits.seedsAtOnce, try await group.next() == true { seeded += 1 }
                group.addTask { try await self.seed(row) }
            }
            for try await isSeeded in group where isSeeded { seeded += 1 }
            return seeded
        }
    }

    /// Seeds one value.
    ///
    /// - Parameter row: The value as it was known.
    /// - Returns: Whether it stands in the store now.
    /// - Throws: What the store says when it does not take it.
    private func seed(_ row: CheckpointRow) async throws -> Bool {
        let key = StateStoreKey(row.key)
        guard let name = localKey(row.key), var envelope = try? StateEnvelope(row.value, key: name) else {
            return false
        }
        let before = StateStoreVersion(row.version)
        envelope.origin = Array(before.stateVersion.text.utf8)
        let left = envelope.expiresAt.map { $0 - time.wallMilliseconds }
        if let left, left <= 0 { return false }
        let expiresIn = left.map { Duration.milliseconds($0) }
        let bytes = envelope.bytes
        var condition = StateStoreCondition.absent
        // Each further round means that another replica has seeded the key meanwhile.
        for _ in 0..<8 {
            switch try await port.set(key, bytes, if: condition, expiresIn: expiresIn) {
            case .applied(let version):
                checkpoint?.note(.put(CheckpointRow(key, StateStoreEntry(value: bytes, version: version))))
                return true
            case .notApplied:
                guard isExtended.load(ordering: .relaxed) else { return false }
                checkpoint?.note(.forget(row.key))
                guard let entry = try await port.get(key) else { continue }
                guard let present = try? StateEnvelope(entry.value, key: name), let origin = present.origin,
                    let seen = StateVersion(String(decoding: origin, as: UTF8.self)),
                    StateStoreVersion(seen) < before
                else { return false }
                condition = .version(entry.version)
            }
        }
        return false
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
            guard cache.connection == connection, pages < Limits.synchronisingPages else { return }
        } while cursor != nil
        cache.synchronised(connection)
        logger.debug("The state is synchronised", metadata: ["pages": "\(pages)"])
    }

    private func note(_ item: StateStoreScanItem) {
        guard let key = localKey(item.key.bytes), cache.version(of: key) != item.version else { return }
        cache.doubt(CollectionOfOne(key))
        if let value = item.value {
            checkpoint?.note(.put(CheckpointRow(item.key, StateStoreEntry(value: value, version: item.version))))
        } else {
            checkpoint?.note(.forget(item.key.bytes))
        }
    }
}

extension StoredState {
    /// The value as a checkpoint keeps it; `nil` where there is none.
    ///
    /// - Parameter key: The whole key.
    /// - Returns: The row.
    fileprivate func row(_ key: StateStoreKey) -> CheckpointRow? {
        guard let version, let envelope else { return nil }
        return CheckpointRow(key, StateStoreEntry(value: envelope.bytes, version: version))
    }
}
