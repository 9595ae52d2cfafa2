import CoreMetrics
import Logging
import MQTTClient
import StateStoreClient
import Synchronization

/// Level B: the values that a message changes carry the message's mark; a message whose mark is found was applied.
///
/// The order is: the run of the handler; a lease on each key that it changes, whose version is the fencing token; the values again, to
/// see that nobody has changed them; a write of the same value with the token, which shuts out whoever has an older one; the new value
/// with the mark and all that is to be published; the publishes; the acknowledgement. Where there are several keys, an intent decides
/// for all of them (``StateIntent``). `docs/decisions/0011-level-b.md` says why.
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

    struct State {
        var run: UInt64 = 0
        var written: Set<String> = []
        var applied: StateEnvelope.Mark?
    }

    let ledger: StateLedger
    let processor: MessageProcessor
    let messageIdentifier: String?
    let state = Mutex(State())
    private let connection: UInt64

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
        guard effects.writes else { return await processor.send(messages, logger: logger) }
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
        let written = await apply(effects.touched.filter { $0.write != nil }, outbox)
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

    /// Writes what the run wants, under the leases of its keys.
    private func apply(_ touches: [HandlerEffects.Touch], _ outbox: [UInt8]) async -> SettleOutcome {
        // All in one order, so that no two wait for each other.
        let touches = touches.sorted { $0.key < $1.key }
        do {
            return try await withLeases(of: touches.map(\.key)) { leased in
                if touches.count == 1 { return try await write(touches[0], outbox, leased[0]) }
                return try await write(touches, outbox, leased)
            }
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
        guard let (entry, envelope) = try await resolved(key) else { return .absent }
        if let messageIdentifier, let mark = envelope.marks.last(where: { $0.message == messageIdentifier }) {
            state.withLock { $0.applied = mark }
            throw AlreadyApplied()
        }
        return StoredState(version: entry.version, envelope: envelope)
    }

    fileprivate func willWrite(_ key: String) throws(WorkerError) {
        let count = state.withLock { state in
            state.written.insert(key)
            return state.written.count
        }
        guard count <= StateIntent.Limits.keys else {
            throw WorkerError(
                .stateUnsupported,
                "a message may change \(StateIntent.Limits.keys) keys at level B: keep what belongs together under one key, or use Martlet's broker (level A)"
            )
        }
    }
}
