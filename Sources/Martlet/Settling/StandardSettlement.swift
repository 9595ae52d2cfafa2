import Logging
import MQTTClient

/// Level C: what was published is sent, then the message is acknowledged; there is no state.
struct StandardSettlement: MessageSettlement {
    let processor: MessageProcessor
    let messageIdentifier: String?
    let reason: String

    var firstAttempt: Int { 1 }

    func beginRun() -> any StateSource { NoState(reason: reason) }

    func endRun() async {}

    func settle(_ effects: HandlerEffects, logger: Logger) async -> SettleOutcome {
        await processor.send(effects.published, logger: logger)
    }

    func settle(letter: MQTTMessage, _ effects: HandlerEffects) async -> SettleOutcome {
        await processor.attemptToSend(letter)
    }

    func hold(for wait: Duration, because error: any Error) async -> HoldOutcome { .inPlace }
}
