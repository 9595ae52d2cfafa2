import SQLiteCheckpoint
import StateStoreClient
import Synchronization

/// Leases, and the write of one key.
extension DeduplicatedSettlement {
    /// What stands under a key that is about to be written.
    enum Look {
        /// The message was applied before.
        case applied
        /// Others have changed it since the run read it.
        case changed
        /// What the run read, in the store's bytes; `nil` for nothing.
        case same(Found?)
    }

    /// A value with its envelope.
    struct Found {
        var entry: StateStoreEntry
        var envelope: StateEnvelope
    }

    /// The error of a run whose keys others have changed.
    static func contended(_ key: String) -> SettleOutcome {
        .again(WorkerError(.stateContended, "'\(key)' was changed meanwhile"))
    }

    // MARK: Leases

    /// Holds the leases of keys while a closure runs.
    ///
    /// - Parameters:
    ///   - keys: The keys, in the order of all who lease several.
    ///   - body: Writes them.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws, and what keeps a lease from being had.
    func withLeases<Result>(of keys: [String], _ body: ([LeasedKey]) async throws -> Result) async throws -> Result {
        var leased: [LeasedKey] = []
        do {
            for key in keys { leased.append(try await acquire(key)) }
            let result = try await body(leased)
            for one in leased.reversed() { await ledger.port.release(one.lease, one.holder) }
            return result
        } catch {
            for one in leased.reversed() { await ledger.port.release(one.lease, one.holder) }
            throw error
        }
    }

    private func acquire(_ key: String) async throws -> LeasedKey {
        for attempt in 1...Limits.leaseAttempts {
            if let leased = try await tryToAcquire(key) { return leased }
            let wait = Limits.leaseBackoff.wait(afterAttempt: attempt, random: processor.randomness())
            guard await processor.waitUnlessStopped(wait) else { throw CancellationError() }
        }
        throw WorkerError(.stateContended, "another replica holds the lease of a key for too long")
    }

    /// Asks for the lease of a key, once.
    ///
    /// - Parameter key: The key.
    /// - Returns: The lease; `nil` while somebody else holds it.
    /// - Throws: What the store says.
    func tryToAcquire(_ key: String) async throws -> LeasedKey? {
        let lease = StateStoreKey("\(ledger.root)/.lease/\(key)")
        let holder = Array("\(processor.identity)/\(state.withLock { $0.run })".utf8)
        let since = ledger.time.now
        let outcome = try await ledger.port.set(
            lease,
            holder,
            if: .absentOrEqual,
            expiresIn: Limits.lease,
            token: nil
        )
        guard case .applied(let token) = outcome else { return nil }
        return LeasedKey(key: key, lease: lease, holder: holder, token: token, since: since)
    }

    // MARK: One key

    /// Looks at a key whose lease is held.
    func look(_ touch: HandlerEffects.Touch, _ leased: LeasedKey) async throws -> Look {
        var found: Found?
        if let entry = try await ledger.port.get(ledger.storeKey(touch.key)) {
            found = Found(entry: entry, envelope: try StateEnvelope(entry.value, key: touch.key))
        }
        if let found, found.envelope.pending != nil {
            try await resolve(found, leased)
            return .changed
        }
        if let messageIdentifier, let mark = found?.envelope.marks.last(where: { $0.message == messageIdentifier }) {
            state.withLock { $0.applied = mark }
            return .applied
        }
        return found?.entry.version == touch.seen ? .same(found) : .changed
    }

    /// Writes a key's own bytes again with the token: if it is applied, nothing has changed, and from here on nobody with an older
    /// token can write.
    ///
    /// - Parameters:
    ///   - found: What stands there.
    ///   - leased: The lease.
    /// - Returns: Whether it was applied.
    /// - Throws: What the store says.
    func fence(_ found: Found?, _ leased: LeasedKey) async throws -> Bool {
        let bytes = found?.entry.value ?? StateEnvelope.removed(marks: []).bytes
        // What is being changed with others must not expire before that is decided.
        let lifetime =
            if let found { found.envelope.pending == nil ? lifetime(of: found.envelope) : nil } else { Limits.removed }
        let outcome = try await ledger.port.set(
            ledger.storeKey(leased.key),
            bytes,
            if: found == nil ? .absent : .absentOrEqual,
            expiresIn: lifetime,
            token: leased.token
        )
        if case .applied = outcome { return true }
        return false
    }

    /// Writes a key that was fenced.
    ///
    /// - Parameters:
    ///   - envelope: What it gets.
    ///   - leased: The lease.
    /// - Returns: Whether it was applied.
    /// - Throws: What the store says; for somebody with a newer token, that.
    func put(_ envelope: StateEnvelope, _ leased: LeasedKey) async throws -> Bool {
        let (key, bytes) = (ledger.storeKey(leased.key), envelope.bytes)
        let outcome = try await ledger.port.set(
            key,
            bytes,
            if: .always,
            expiresIn: envelope.pending == nil ? lifetime(of: envelope) : nil,
            token: leased.token
        )
        guard case .applied(let version) = outcome else { return false }
        if envelope.pending == nil {
            ledger.checkpoint?.note(.put(CheckpointRow(key, StateStoreEntry(value: bytes, version: version))))
        }
        return true
    }

    /// How long a value has left.
    func lifetime(of envelope: StateEnvelope) -> Duration? {
        envelope.expiresAt.map { Duration.milliseconds(max(1, $0 - ledger.time.wallMilliseconds)) }
    }

    /// Writes the only key that the run changes.
    func write(_ touch: HandlerEffects.Touch, _ outbox: [UInt8], _ leased: LeasedKey) async throws -> SettleOutcome {
        switch try await look(touch, leased) {
        case .applied: return .done
        case .changed: return Self.contended(touch.key)
        case .same(let found):
            guard try await fence(found, leased), try await put(envelope(touch, found?.envelope, outbox), leased)
            else { return Self.contended(touch.key) }
            return .done
        }
    }

    // MARK: What is written

    /// What a key is to hold.
    func envelope(_ touch: HandlerEffects.Touch, _ before: StateEnvelope?, _ outbox: [UInt8]) -> StateEnvelope {
        let marks = marks(before?.marks ?? [], outbox)
        let now = ledger.time.wallMilliseconds
        guard case .set(let content) = touch.write else {
            var envelope = StateEnvelope.removed(marks: marks)
            envelope.expiresAt = now + Limits.removed.wholeMilliseconds
            return envelope
        }
        var envelope = StateEnvelope(schema: content.schema, payload: content.payload, marks: marks)
        envelope.expiresAt = content.expiresIn.map { now + $0.wholeMilliseconds }
        return envelope
    }

    private func marks(_ before: [StateEnvelope.Mark], _ outbox: [UInt8]) -> [StateEnvelope.Mark] {
        var marks = before
        for index in marks.indices where ledger.finished.contains(marks[index].message) { marks[index].outbox = [] }
        if let messageIdentifier { marks.append(StateEnvelope.Mark(message: messageIdentifier, outbox: outbox)) }
        marks = Array(marks.suffix(Limits.marks))
        var excess = marks.reduce(0) { $0 + $1.outbox.count } - Outbox.Limits.allBytes
        for index in marks.indices where excess > 0 {
            excess -= marks[index].outbox.count
            marks[index].outbox = []
        }
        return marks
    }
}
