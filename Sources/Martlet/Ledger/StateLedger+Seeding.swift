import CoreMetrics
import Logging
import SQLiteCheckpoint
import StateStore
import StateStoreClient
import Synchronization

/// Which store it is; and what happens when it is another than before: each replica puts back what it knows before anybody goes on.
extension StateLedger {
    /// What bounds the seeding of a store.
    enum SeedingLimits {
        /// How many values are seeded at once.
        static let valuesAtOnce = 64
        /// How many rows of a checkpoint are read at once.
        static let rowsAtOnce = 1024
        /// How often a key is tried that another replica seeds at the same time.
        static let tries = 8
        /// How often a replica looks whether the others are ready.
        static let look = Duration.milliseconds(100)
        /// How long a replica that has begun to seed is waited for.
        static let begun = Duration.seconds(60)
        /// How long the reports of a round are kept.
        static let reports = Duration.seconds(3600)
    }

    /// What became of a value that was to be put back.
    private enum Seeded {
        /// It stands in the store.
        case put
        /// One that is as new, or over, or none of ours.
        case needless
        /// What stands there was written after the store was lost.
        case overtaken
    }

    private static let told = ".told/"

    /// Finds out which store it is, and lets the runs go on when all that its replicas know is in it.
    ///
    /// - Parameter connection: Over which connection.
    /// - Throws: What the store says; ``WorkerError`` when something foreign stands there.
    func establish(_ connection: UInt64) async throws {
        let mark = StateStoreKey(root)
        let remembered = checkpoint?.note("incarnation") ?? lastIncarnation.withLock { $0 }
        // The round that this replica took part in: what comes of it is no other store.
        var round: String?
        while cache.connection == connection {
            guard let found = try await port.get(mark) else {
                let number = String(
                    UInt64(randomness() * 0x1p53) ^ UInt64(bitPattern: time.wallMilliseconds) << 20,
                    radix: 16
                )
                // Whoever writes first: what stands there counts.
                let isLost = remembered != nil && isExtended.load(ordering: .relaxed)
                let stage = isLost ? StoreIncarnation.Stage.seeding(number) : .open(number)
                if remembered != nil, !isLost { try await seed(late: false) }
                _ = try await port.set(mark, stage.text, if: .absent, expiresIn: nil)
                if !isLost { round = number }
                continue
            }
            switch StoreIncarnation.Stage(found.value) {
            case .foreign:
                throw WorkerError(
                    .stateForeign,
                    "what stands under '\(root)' in the state store was not written by a worker: give another state root"
                )
            case .seeding(let number):
                round = number
                try await takePart(in: number, found, knowing: remembered != nil)
            case .open(let number):
                if let remembered, remembered != found.value, round != number, try await !hasTold(number) {
                    try await seed(late: true)
                }
                return attach(found, connection)
            }
        }
    }

    private func attach(_ entry: StateStoreEntry, _ connection: UInt64) {
        checkpoint?.note("incarnation", entry.value)
        lastIncarnation.withLock { $0 = entry.value }
        guard cache.connection == connection else { return }
        attachment.open(StoreIncarnation(text: entry.value, version: entry.version))
    }

    // MARK: The round

    /// Puts back what this replica knows, waits for the others, and lets the store be used.
    ///
    /// Nobody handles a message before that, so the newest version that anybody knows wins. Those that somebody knows of are waited
    /// for, for a bounded time.
    private func takePart(in round: String, _ mark: StateStoreEntry, knowing: Bool) async throws {
        let begin = time.now
        try await tell(SeedingReport(round: round, isDone: false, replicas: knownReplicas))
        if knowing { try await seed(late: false) }
        try await tell(SeedingReport(round: round, isDone: true, replicas: knownReplicas))
        while let present = try await port.get(StateStoreKey(root)), present.version == mark.version {
            let (awaited, missing) = try await standing(of: round)
            let elapsed = time.now - begin
            if awaited.isEmpty || elapsed >= SeedingLimits.begun, missing.isEmpty || elapsed >= seedingPatience {
                if !awaited.isEmpty || !missing.isEmpty {
                    logger.error(
                        "The state goes on without what some replicas know: they did not come in time",
                        metadata: ["replicas": "\(awaited.union(missing).sorted())", "waited": "\(elapsed)"]
                    )
                }
                let text = StoreIncarnation.Stage.open(round).text
                _ = try await port.set(StateStoreKey(root), text, if: .version(mark.version), expiresIn: nil)
                return
            }
            try await time.sleep(SeedingLimits.look)
        }
    }

    private func tell(_ report: SeedingReport) async throws {
        let key = storeKey(Self.told + replica)
        _ = try await port.set(key, report.bytes, if: .always, expiresIn: SeedingLimits.reports)
    }

    /// Whether an earlier life of this replica took part in a round to the end.
    private func hasTold(_ round: String) async throws -> Bool {
        guard let entry = try await port.get(storeKey(Self.told + replica)) else { return false }
        return SeedingReport(entry.value).map { $0.round == round && $0.isDone } ?? false
    }

    /// Who has begun and is not ready, and who is known of and has not begun.
    private func standing(of round: String) async throws -> (awaited: Set<String>, missing: Set<String>) {
        var reports: [String: SeedingReport] = [:]
        var cursor: [UInt8]?
        repeat {
            let page = try await port.changed(below: storeKey(Self.told), since: nil, after: cursor)
            for item in page.items {
                guard let name = localKey(item.key.bytes)?.dropFirst(Self.told.count),
                    let report = item.value.flatMap({ SeedingReport($0) }), report.round == round
                else { continue }
                reports[String(name)] = report
            }
            cursor = page.cursor
        } while cursor != nil
        let known = reports.values.reduce(into: knownReplicas) { $0.formUnion($1.replicas) }
        let awaited = reports.filter { !$0.value.isDone }.keys
        return (Set(awaited), known.subtracting(reports.keys))
    }

    // MARK: Values

    /// Gives a store that lost its content what this worker knows: the newest version wins.
    ///
    /// Several replicas may do this at once. A value goes in only where there is none, or where there is one that another replica
    /// seeded from an older version; what was written since the loss stays.
    ///
    /// - Parameter late: Whether others have gone on already.
    /// - Throws: What the store says when it does not take a value.
    private func seed(late: Bool) async throws {
        metrics.storesLost.increment()
        logger.error(
            "The state store has lost its content; it is seeded with what this replica knows",
            metadata: ["begun_anew": "\(late)", "root": "\(root)"]
        )
        var counts = (put: 0, overtaken: 0)
        var remembered: [String: CheckpointRow] = [:]
        for (key, stored) in cache.values {
            guard let row = stored.row(storeKey(key)) else { continue }
            remembered[key] = row
        }
        await checkpoint?.flush()
        var last: [UInt8]?
        while let rows = checkpoint?.rows(after: last, limit: SeedingLimits.rowsAtOnce), !rows.isEmpty {
            last = rows.last?.key
            var newest: [CheckpointRow] = []
            for row in rows {
                guard let key = localKey(row.key) else { continue }
                let other = remembered.removeValue(forKey: key)
                newest.append(other.map { $0.version > row.version ? $0 : row } ?? row)
            }
            try await seed(newest, &counts)
        }
        try await seed(Array(remembered.values), &counts)
        cache.doubt(cache.values.map(\.key))
        metrics.valuesSeeded.increment(by: counts.put)
        logger.notice("The state store is seeded", metadata: ["values": "\(counts.put)"])
        guard late, counts.overtaken > 0 else { return }
        logger.error(
            "The state was begun anew without this replica: some of the values that it knows were written by others since, and stay",
            metadata: ["values": "\(counts.overtaken)"]
        )
    }

    private func seed(_ rows: [CheckpointRow], _ counts: inout (put: Int, overtaken: Int)) async throws {
        try await withThrowingTaskGroup(of: Seeded.self) { group in
            func note(_ seeded: Seeded) {
                switch seeded {
                case .put: counts.put += 1
                case .overtaken: counts.overtaken += 1
                case .needless: break
                }
            }
            for (index, row) in rows.enumerated() {
                if index >= SeedingLimits.valuesAtOnce, let seeded = try await group.next() { note(seeded) }
                group.addTask { try await self.seed(row) }
            }
            for try await seeded in group { note(seeded) }
        }
    }

    /// Seeds one value.
    private func seed(_ row: CheckpointRow) async throws -> Seeded {
        let key = StateStoreKey(row.key)
        guard let name = localKey(row.key), var envelope = try? StateEnvelope(row.value, key: name) else {
            return .needless
        }
        let before = StateStoreVersion(row.version)
        envelope.origin = Array(before.stateVersion.text.utf8)
        let left = envelope.expiresAt.map { $0 - time.wallMilliseconds }
        if let left, left <= 0 { return .needless }
        let expiresIn = left.map { Duration.milliseconds($0) }
        let bytes = envelope.bytes
        var condition = StateStoreCondition.absent
        // Each further round means that another replica has seeded the key meanwhile.
        for _ in 0..<SeedingLimits.tries {
            switch try await port.set(key, bytes, if: condition, expiresIn: expiresIn) {
            case .applied(let version):
                checkpoint?.note(.put(CheckpointRow(key, StateStoreEntry(value: bytes, version: version))))
                return .put
            case .notApplied:
                guard isExtended.load(ordering: .relaxed) else { return .overtaken }
                checkpoint?.note(.forget(row.key))
                guard let entry = try await port.get(key) else { continue }
                guard let present = try? StateEnvelope(entry.value, key: name), let origin = present.origin,
                    let seen = StateVersion(String(decoding: origin, as: UTF8.self))
                else { return .overtaken }
                guard StateStoreVersion(seen) < before else { return .needless }
                condition = .version(entry.version)
            }
        }
        return .overtaken
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
