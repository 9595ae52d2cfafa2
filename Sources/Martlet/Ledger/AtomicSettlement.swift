import Logging
import MQTTClient
import StateStore
import Synchronization

/// Level A: acknowledgement, state and publishes of a message are one commit.
final class AtomicSettlement: MessageSettlement {
    /// What bounds it.
    enum Limits {
        /// The longest reason that is told to the broker, in bytes.
        static let reasonBytes = 512
    }

    private let ledger: StateLedger
    private let processor: MessageProcessor
    private let facts: DeliveryFacts?
    private let connection: UInt64
    private let run = Mutex<UInt64?>(nil)

    /// Prepares the settling of a delivery.
    ///
    /// - Parameters:
    ///   - ledger: The worker's state.
    ///   - processor: What is around it.
    ///   - message: The message as it arrived.
    init(ledger: StateLedger, processor: MessageProcessor, message: MQTTMessage) {
        self.ledger = ledger
        self.processor = processor
        self.facts = message.qos == .atMostOnce ? nil : DeliveryFacts(message)
        self.connection = ledger.cache.connection
    }

    var firstAttempt: Int { facts?.attempt ?? 1 }

    var messageIdentifier: String? { facts?.identifier }

    var earlierFailures: [EarlierFailure] { facts?.failures ?? [] }

    /// The connection that brought the message is lost: if it was not committed, it comes again.
    var isLost: Bool { ledger.cache.connection != connection }

    func beginAlone() async -> Int {
        guard let facts else { return 0 }
        return await ledger.beginAlone(facts.identifier)
    }

    func endAlone() async {
        if let facts { await ledger.endAlone(facts.identifier) }
    }

    func beginRun() -> any StateSource {
        let number = ledger.turns.begin()
        run.withLock { $0 = number }
        return LedgerSource(ledger: ledger, run: number)
    }

    func endRun() async {
        if let number = run.withLock({ $0.take() }) { ledger.turns.end(number) }
    }

    func settle(_ effects: HandlerEffects, logger: Logger) async -> SettleOutcome {
        guard let draft = ledger.draft(effects, identifier: facts?.identifier) else {
            return isLost ? .lost : .again(WorkerError(.stateUnavailable, "the store was lost meanwhile"))
        }
        guard draft.request.operations.count <= StateLimits.default.operationsPerCommit else {
            let most = StateLimits.default.operationsPerCommit - 2
            return .refused(WorkerError(.commitRefused, "a message may touch keys and publish \(most) times in all"))
        }
        return await processor.untilTaken(logger: logger, "a commit", patience: ledger.quotaPatience) {
            isLost ? .lost : await ledger.commit(draft)
        }
    }

    func settle(letter: MQTTMessage, _ effects: HandlerEffects) async -> SettleOutcome {
        var effects = effects
        effects.published = [letter]
        guard !isLost else { return .lost }
        guard let draft = ledger.draft(effects, identifier: facts?.identifier) else { return .lost }
        return await ledger.commit(draft)
    }

    func hold(for wait: Duration, because error: any Error) async -> HoldOutcome {
        guard let facts else { return .inPlace }
        guard !isLost else { return .lost }
        let text = DeadLetter.clean("\(processor.identity): \(error)", to: Limits.reasonBytes)
        let reason = Array(text.utf8)
        var draft = StateLedger.Draft()
        draft.add(
            .retry(id: Array(facts.identifier.utf8), delay: wait.wholeMilliseconds, reason: reason),
            size: facts.identifier.utf8.count + reason.count
        )
        switch await ledger.commit(draft) {
        case .done: return .held
        case .gone: return .gone
        case .lost, .stopped: return .lost
        case .again, .refused, .busy: return .inPlace
        }
    }
}

/// Where a run reads at level A.
private struct LedgerSource: StateSource {
    let ledger: StateLedger
    let run: UInt64

    func read(_ key: String) async throws -> StoredState {
        try await ledger.read(key, run: run)
    }

    func willWrite(_ key: String) throws(WorkerError) {}
}
