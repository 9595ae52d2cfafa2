import CoreMetrics
import Logging
import MQTTClient
import SQLiteCheckpoint
import StateStoreClient
import Synchronization

/// Level B: the write of the one key that a message changes carries the message's mark; a message whose mark is found was applied.
///
/// The order is: the run of the handler; a lease on the key, whose version is the fencing token; the value again, to see that nobody
/// has changed it; a write of the same value with the token, which shuts out whoever has an older one; the new value with the mark
/// and all that is to be published; the publishes; the acknowledgement. `docs/decisions/0011-level-b.md` says why.
final class DeduplicatedSettlement: MessageSettlement {
    /// What bounds it.
    enum Limits {
        /// How long a lease lasts that is not given back.
        static let lease = Duration.seconds(10)
        /// How often a lease that another holds is asked for before the handler runs again.
        static let leaseAttempts = 100
        /// How the waits between such attempts grow.
        static let leaseBackoff = RetryPolicy(base: .milliseconds(5), cap: .milliseconds(500))
        /// How many marks a value has.
        static let marks = 32
        /// How long a removed key remembers its marks.
        static let removed = Duration.seconds(86_400)
    }

    /// The message's mark was found: there is nothing to handle.
    struct AlreadyApplied: Error {}

    private struct State {
        var run: UInt64 = 0
        var written: Set<String> = []
        var applied: StateEnvelope.Mark?
    }

    let ledger: StateLedger
    let processor: MessageProcessor
    let messageIdentifier: String?
    private let connection: UInt64
    private let state = Mutex(State())

    /// Prepares the settling of a delivery.
    ///
    /// - Parameters:
    ///   - ledger: The worker's state.
    ///   - processor: What is around it.
    ///   - identifier: What the message is called; `nil` where nobody knows: then it gets no mark.
    init(ledger: StateLedger, processor: MessageProcessor, identifier: String?) {
        self.ledger = ledger
        self.processor = processor
        self.messageIdentifier = identifier.flatMap {
            (1...StateEnvelope.Limits.identifierBytes).contains($0.utf8.count) ? $0 : nil
        }
        self.connection = ledger.cache.connection
    }

    var firstAttempt: Int { 1 }

    var foundApplied: Bool { state.withLock { $0.applied != nil } }

    func beginRun() -> any StateSource {
        let run = ledger.turns.begin()
        state.withLock { $0 = State(run: run) }
        return Source(settlement: self)
    }

    func endRun() async {
        ledger.turns.end(state.withLock { $0.run })
    }

    func hold(for wait: Duration, because error: any Error) async -> HoldOutcome { .inPlace }

    func settle(letter: MQTTMessage, _ effects: HandlerEffects) async -> SettleOutcome {
        await processor.attemptToSend(letter)
    }

    func settle(_ effects: HandlerEffects, logger: Logger) async -> SettleOutcome {
        if let mark = state.withLock({ $0.applied }) { return await finish(mark, logger) }
        let messages = identified(effects.published)
        guard let touch = effects.touched.first(where: { $0.write != nil }), let write = touch.write else {
            return await processor.send(messages, logger: logger)
        }
        if messageIdentifier == nil { ledger.noteUnidentified() }
        let outbox = messageIdentifier == nil ? [] : Outbox.encode(messages)
        guard outbox.count <= Outbox.Limits.bytes else {
            return .refused(
                WorkerError(
                    .stateUnsupported,
                    "beside a change of the state a message may publish \(Outbox.Limits.bytes) bytes at level B"
                )
            )
        }
        guard ledger.cache.connection == connection else { return .lost }
        let written = await apply(touch, write, outbox)
        guard case .done = written else { return written }
        if let mark = state.withLock({ $0.applied }) { return await finish(mark, logger) }
        let sent = await processor.send(messages, logger: logger)
        if case .done = sent, let messageIdentifier { ledger.finished.insert(messageIdentifier) }
        return sent
    }

    /// What was published gets the identifier of the message that caused it, so that its receivers can drop doubles.
    private func identified(_ messages: [MQTTMessage]) -> [MQTTMessage] {
        guard let messageIdentifier else { return messages }
        return messages.enumerated().map { index, message in
            var message = message
            if message.properties.userProperty(DeliveryFacts.identifierName) == nil {
                let name = "\(messageIdentifier)/\(index)"
                message.properties.userProperties.append(MQTTUserProperty(DeliveryFacts.identifierName, name))
            }
            return message
        }
    }

    /// Does what is left of a message that was applied before: its publishes, which may have been sent or not.
    private func finish(_ mark: StateEnvelope.Mark, _ logger: Logger) async -> SettleOutcome {
        ledger.metrics.recognised.increment()
        logger.notice("The message was applied before; it is not handled again", metadata: ["id": "\(mark.message)"])
        let sent = await processor.send(Outbox.decode(mark.outbox) ?? [], logger: logger)
        guard case .done = sent else { return sent }
        ledger.finished.insert(mark.message)
        return .gone
    }

    // MARK: The write

    private func apply(
        _ touch: HandlerEffects.Touch,
        _ write: HandlerEffects.Write,
        _ outbox: [UInt8]
    ) async -> SettleOutcome {
        let run = state.withLock { $0.run }
        let lease = StateStoreKey("\(ledger.root)/.lease/\(touch.key)")
        let holder = Array("\(processor.identity)/\(run)".utf8)
        do {
            let token = try await acquire(lease, holder)
            let outcome: SettleOutcome
            do {
                outcome = try await apply(touch, write, outbox, token)
            } catch {
                await ledger.port.release(lease, holder)
                throw error
            }
            await ledger.port.release(lease, holder)
            return outcome
        } catch let error as StateStoreError {
            switch SettleOutcome(storeError: error) {
            case .refused(let error): return .refused(error)
            case .stopped where Task.isCancelled: return .stopped
            // It may be applied or not: the handler runs again, and finds the mark if it is.
            default: return ledger.cache.connection == connection ? .again(error) : .lost
            }
        } catch {
            return .again(error)
        }
    }

    private func acquire(_ lease: StateStoreKey, _ holder: [UInt8]) async throws -> StateStoreVersion {
        for attempt in 1...Limits.leaseAttempts {
            let outcome = try await ledger.port.set(
                lease,
                holder,
                if: .absentOrEqual,
                expiresIn: Limits.lease,
                token: nil
            )
            if case .applied(let token) = outcome { return token }
            let wait = Limits.leaseBackoff.wait(afterAttempt: attempt, random: processor.randomness())
            guard await processor.waitUnlessStopped(wait) else { throw CancellationError() }
        }
        throw WorkerError(.stateContended, "another replica holds the lease of a key for too long")
    }

    private func apply(
        _ touch: HandlerEffects.Touch,
        _ write: HandlerEffects.Write,
        _ outbox: [UInt8],
        _ token: StateStoreVersion
    ) async throws -> SettleOutcome {
        let key = ledger.storeKey(touch.key)
        let contended = SettleOutcome.again(WorkerError(.stateContended, "'\(touch.key)' was changed meanwhile"))
        let present = try await ledger.port.get(key)
        let before = try present.map { try StateEnvelope($0.value, key: touch.key) }
        if let messageIdentifier, let mark = before?.marks.last(where: { $0.message == messageIdentifier }) {
            state.withLock { $0.applied = mark }
            return .done
        }
        guard present?.version == touch.seen else { return contended }
        // From here on nobody with an older token can write; and what is there is what was read.
        let fence = present?.value ?? StateEnvelope.removed(marks: []).bytes
        let condition: StateStoreCondition = present == nil ? .absent : .absentOrEqual
        let left = before?.expiresAt.map { Duration.milliseconds(max(1, $0 - ledger.time.wallMilliseconds)) }
        let lifetime = present == nil ? Limits.removed : left
        guard
            case .applied = try await ledger.port.set(key, fence, if: condition, expiresIn: lifetime, token: token)
        else { return contended }
        let after = envelope(write, marks: marks(before?.marks ?? [], outbox))
        let bytes = after.bytes
        let expiresIn = after.expiresAt.map { Duration.milliseconds(max(1, $0 - ledger.time.wallMilliseconds)) }
        guard
            case .applied(let version) = try await ledger.port.set(
                key,
                bytes,
                if: .always,
                expiresIn: expiresIn,
                token: token
            )
        else { return contended }
        ledger.checkpoint?.note(.put(CheckpointRow(key, StateStoreEntry(value: bytes, version: version))))
        return .done
    }

    private func envelope(_ write: HandlerEffects.Write, marks: [StateEnvelope.Mark]) -> StateEnvelope {
        let now = ledger.time.wallMilliseconds
        switch write {
        case .remove:
            var envelope = StateEnvelope.removed(marks: marks)
            envelope.expiresAt = now + Limits.removed.wholeMilliseconds
            return envelope
        case .set(let content):
            var envelope = StateEnvelope(schema: content.schema, payload: content.payload, marks: marks)
            envelope.expiresAt = content.expiresIn.map { now + $0.wholeMilliseconds }
            return envelope
        }
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

/// Where a run reads at level B: always from the store.
private struct Source: StateSource {
    let settlement: DeduplicatedSettlement

    func read(_ key: String) async throws -> StoredState { try await settlement.read(key) }

    func willWrite(_ key: String) throws(WorkerError) { try settlement.willWrite(key) }
}

extension DeduplicatedSettlement {
    fileprivate func read(_ key: String) async throws -> StoredState {
        guard await ledger.attachment.wait() != nil else { throw CancellationError() }
        await ledger.turns.take(key, by: state.withLock { $0.run })
        ledger.metrics.storeReads.increment()
        guard let entry = try await ledger.port.get(ledger.storeKey(key)) else { return .absent }
        let envelope = try StateEnvelope(entry.value, key: key)
        if let messageIdentifier, let mark = envelope.marks.last(where: { $0.message == messageIdentifier }) {
            state.withLock { $0.applied = mark }
            throw AlreadyApplied()
        }
        return StoredState(version: entry.version, envelope: envelope)
    }

    fileprivate func willWrite(_ key: String) throws(WorkerError) {
        let others = state.withLock { state in
            state.written.insert(key)
            return state.written.count
        }
        guard others == 1 else {
            throw WorkerError(
                .stateUnsupported,
                "a message may change one key at level B: keep what belongs together under one key, or use Martlet's broker (level A)"
            )
        }
    }
}
