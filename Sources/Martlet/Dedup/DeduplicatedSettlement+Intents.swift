import StateStoreClient

/// Several keys as one: each key is made to point to an intent, the intent is written once, and then the keys get their values.
extension DeduplicatedSettlement {
    /// What bounds it.
    enum IntentLimits {
        /// How much of its leases a writer leaves: past it, it does not decide any more.
        static let margin = Duration.seconds(2)
        /// How often a key is looked at that changes under the one who looks.
        static let looks = 8
        /// How long an intent without values is kept: for longer no writer may be stopped between its last look at the clock and its
        /// request.
        static let aborted = Duration.seconds(86_400)
    }

    /// Writes all keys that the run changes.
    ///
    /// - Parameters:
    ///   - touches: The keys.
    ///   - outbox: What is to be published behind them.
    ///   - leased: Their leases, in the same order.
    /// - Returns: What came of it.
    /// - Throws: What the store says: then it may be applied or not, and whoever reads one of the keys finds out.
    func write(
        _ touches: [HandlerEffects.Touch],
        _ outbox: [UInt8],
        _ leased: [LeasedKey]
    ) async throws -> SettleOutcome {
        var found: [Found?] = []
        for (touch, one) in zip(touches, leased) {
            switch try await look(touch, one) {
            case .applied: return .done
            case .changed: return Self.contended(touch.key)
            case .same(let present): found.append(present)
            }
        }
        // Nobody but this attempt writes this intent's values.
        let name = Array("\(processor.identity)/\(UInt64.random(in: 0 ... .max))".utf8)
        for (present, one) in zip(found, leased) {
            guard try await fence(present, one) else { return Self.contended(one.key) }
        }
        for (present, one) in zip(found, leased) {
            var envelope = present?.envelope ?? StateEnvelope.removed(marks: [])
            envelope.pending = name
            guard try await put(envelope, one) else { return Self.contended(one.key) }
        }
        let changes = zip(touches, found).map { touch, present in
            StateIntent.Change(key: touch.key, envelope: envelope(touch, present?.envelope, outbox).bytes)
        }
        let deadline = ledger.time.now - Limits.lease + IntentLimits.margin
        guard leased.allSatisfy({ $0.since > deadline }) else {
            return Self.contended(touches[0].key)
        }
        guard try await decide(StateIntent(changes: changes), name) == StateIntent(changes: changes) else {
            return Self.contended(touches[0].key)
        }
        var isComplete = true
        for (change, one) in zip(changes, leased) {
            if try await !carryOut(change, one) { isComplete = false }
        }
        // Where another was quicker, the intent stays: he may have died between his fence and his write.
        if isComplete { await ledger.port.remove(ledger.storeKey(StateIntent.key(name))) }
        return .done
    }

    /// Writes an intent, unless somebody has.
    ///
    /// - Parameters:
    ///   - intent: What to decide.
    ///   - name: The intent's name.
    /// - Returns: What was decided; `nil` when that cannot be read.
    /// - Throws: What the store says.
    private func decide(_ intent: StateIntent, _ name: [UInt8]) async throws -> StateIntent? {
        let key = ledger.storeKey(StateIntent.key(name))
        let lifetime = intent == .aborted ? IntentLimits.aborted : nil
        for _ in 0..<IntentLimits.looks {
            if case .applied = try await ledger.port.set(key, intent.bytes, if: .absent, expiresIn: lifetime) {
                return intent
            }
            // Also the answer to a request that was carried out before.
            if let entry = try await ledger.port.get(key) { return StateIntent(entry.value) }
        }
        return nil
    }

    /// Gives a key of a committed intent its value.
    ///
    /// - Returns: Whether it was this one who did it.
    private func carryOut(_ change: StateIntent.Change, _ leased: LeasedKey) async throws -> Bool {
        do {
            return try await put(try StateEnvelope(change.envelope, key: change.key), leased)
        } catch let error as StateStoreError where error.code == .fenced {
            // Somebody who had the lease after us has read the intent, and does it.
            return false
        }
    }

    // MARK: Finding an intent

    /// Reads a key; if it is being changed together with others, that is decided and done first.
    ///
    /// - Parameter key: The key.
    /// - Returns: What stands there; `nil` for nothing.
    /// - Throws: What the store says, and when it changes all the time.
    func resolved(_ key: String) async throws -> (entry: StateStoreEntry, envelope: StateEnvelope)? {
        for _ in 0..<IntentLimits.looks {
            guard let entry = try await ledger.port.get(ledger.storeKey(key)) else { return nil }
            let envelope = try StateEnvelope(entry.value, key: key)
            guard envelope.pending != nil else { return (entry, envelope) }
            // The one who writes has the lease: so wait for him first.
            try await withLeases(of: [key]) { leased in
                guard let entry = try await ledger.port.get(ledger.storeKey(key)) else { return }
                let found = Found(entry: entry, envelope: try StateEnvelope(entry.value, key: key))
                if found.envelope.pending != nil { try await resolve(found, leased[0]) }
            }
        }
        throw WorkerError(.stateContended, "'\(key)' is changed by others all the time")
    }

    /// Does for a key, whose lease is held, what its intent says; where it says nothing yet, it never will.
    ///
    /// - Parameters:
    ///   - found: What stands there, with a pointer to an intent.
    ///   - leased: The lease.
    /// - Throws: What the store says.
    func resolve(_ found: Found, _ leased: LeasedKey) async throws {
        guard let name = found.envelope.pending else { return }
        guard let intent = try await decide(.aborted, name) else {
            throw WorkerError(.stateForeign, "the intent of '\(leased.key)' is damaged")
        }
        guard try await fence(found, leased) else { return }
        guard let changes = intent.changes else {
            var envelope = found.envelope
            envelope.pending = nil
            if envelope.isRemoved, envelope.marks.isEmpty {
                envelope.expiresAt = ledger.time.wallMilliseconds + Limits.removed.wholeMilliseconds
            }
            _ = try await put(envelope, leased)
            return
        }
        ledger.logger.notice(
            "A change of several keys is completed for a replica that did not",
            metadata: ["key": "\(leased.key)"]
        )
        // Who fenced it after us does it, or dies: then the intent is still needed.
        var isComplete = true
        if let change = changes.first(where: { $0.key == leased.key }) {
            isComplete = try await carryOut(change, leased)
        }
        for change in changes where change.key != leased.key {
            if try await !complete(change, name) { isComplete = false }
        }
        if isComplete { await ledger.port.remove(ledger.storeKey(StateIntent.key(name))) }
    }

    /// Does for another key what a committed intent says, if nobody is at it.
    ///
    /// - Returns: Whether it is done.
    private func complete(_ change: StateIntent.Change, _ name: [UInt8]) async throws -> Bool {
        guard try await isPending(change.key, name) != nil else { return true }
        guard let leased = try await tryToAcquire(change.key) else { return false }
        var isDone = true
        if let found = try await isPending(change.key, name) {
            isDone = try await fence(found, leased) ? try await carryOut(change, leased) : false
        }
        await ledger.port.release(leased.lease, leased.holder)
        return isDone
    }

    private func isPending(_ key: String, _ name: [UInt8]) async throws -> Found? {
        guard let entry = try await ledger.port.get(ledger.storeKey(key)) else { return nil }
        let envelope = try StateEnvelope(entry.value, key: key)
        return envelope.pending == name ? Found(entry: entry, envelope: envelope) : nil
    }
}
