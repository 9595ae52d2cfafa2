import Logging
import MQTTClient
import StateStoreClient

/// What a handler alone is settled with: messages go to a closure, the state is in memory.
struct TrialSettlement: MessageSettlement, StateSource {
    let processor: MessageProcessor
    let state: TrialState

    var firstAttempt: Int { 1 }
    var messageIdentifier: String? { nil }

    func beginRun() -> any StateSource { self }

    func endRun() async {}

    func read(_ key: String) async throws -> StoredState { state.read(key) }

    func willWrite(_ key: String) throws(WorkerError) {}

    func settle(_ effects: HandlerEffects, logger: Logger) async -> SettleOutcome {
        guard state.agrees(with: effects.touched) else {
            return .again(WorkerError(.stateContended, "the test changed what the handler read"))
        }
        let sent = await processor.send(effects.published, logger: logger)
        guard case .done = sent else { return sent }
        state.apply(effects.touched)
        return .done
    }

    func settle(letter: MQTTMessage, _ effects: HandlerEffects) async -> SettleOutcome {
        await processor.attemptToSend(letter)
    }

    func hold(for wait: Duration, because error: any Error) async -> HoldOutcome { .inPlace }
}
