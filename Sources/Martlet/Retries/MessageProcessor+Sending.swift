import Logging
import MQTTClient

extension MessageProcessor {
    /// Sends a dead letter, for as long as it takes.
    ///
    /// - Parameters:
    ///   - letter: The dead letter.
    ///   - settlement: Sends it.
    ///   - seen: What the run that failed saw.
    ///   - logger: Where to say that it is not taken.
    /// - Returns: How it ended, never busy or refused; and what was sent, if it was.
    func send(
        _ letter: DeadLetter,
        by settlement: any MessageSettlement,
        _ seen: HandlerEffects,
        logger: Logger
    ) async -> (SettleOutcome, MQTTMessage?) {
        let prefix = deadLetterPrefix(letter.group)
        var isBrief = false
        var tries = 0
        while true {
            var message = letter.message(topicPrefix: prefix, isBrief: isBrief)
            UserPropertyCarrier()
                .mark(&message, causedBy: letter.original.properties.userProperties, tracer: tracer)
            tries += 1
            let outcome = await settlement.settle(letter: message, seen)
            switch outcome {
            case .done: return (.done, message)
            case .again, .gone, .stopped, .lost: return (outcome, nil)
            case .busy(let error):
                logger.warning("The dead letter was not taken; trying again", metadata: ["error": "\(error)"])
            case .refused(let error):
                logger.error(
                    "The broker refuses the dead letter: the message stays unacknowledged and keeps its slot",
                    metadata: ["error": "\(error)", "topic": "\(message.topic)"]
                )
                isBrief = true
            }
            guard await waitUnlessStopped(Self.sendBackoff.wait(afterAttempt: tries, random: randomness())) else {
                return (.stopped, nil)
            }
        }
    }

    /// Publishes what a handler published, one after the other, waiting while the broker has no room.
    ///
    /// - Parameters:
    ///   - messages: The messages in their order.
    ///   - logger: Where to say that one is not taken.
    /// - Returns: How it ended: done, refused or stopped.
    func send(_ messages: [MQTTMessage], logger: Logger) async -> SettleOutcome {
        for message in messages {
            let outcome = await untilTaken(logger: logger, "what the handler published to \(message.topic)") {
                await attemptToSend(message)
            }
            guard case .done = outcome else { return outcome }
        }
        return .done
    }

    /// Tries something again, with growing waits, while there is no room for it.
    ///
    /// - Parameters:
    ///   - logger: Where to say that it is not taken.
    ///   - what: What is tried.
    ///   - patience: For how long; `nil` for as long as it takes.
    ///   - attempt: Tries it.
    /// - Returns: How it ended; busy only when the patience is over.
    func untilTaken(
        logger: Logger,
        _ what: String,
        patience: Duration? = nil,
        _ attempt: () async -> SettleOutcome
    ) async -> SettleOutcome {
        let begin = time.now
        var tries = 0
        while true {
            tries += 1
            let outcome = await attempt()
            guard case .busy(let error) = outcome else { return outcome }
            if let patience, time.now - begin >= patience { return outcome }
            logger.warning("The broker did not take \(what); trying again", metadata: ["error": "\(error)"])
            let wait = Self.sendBackoff.wait(afterAttempt: tries, random: randomness())
            guard await waitUnlessStopped(wait) else { return .stopped }
        }
    }

    /// Waits, but not while the worker stops.
    ///
    /// - Parameter duration: How long.
    /// - Returns: Whether the time passed; `false` when the worker stops or the task was cancelled.
    func waitUnlessStopped(_ duration: Duration) async -> Bool {
        await stop.wait(atMost: duration, by: time) == nil && !Task.isCancelled
    }

    /// Publishes a message, once.
    ///
    /// - Parameter message: The message.
    /// - Returns: What became of it.
    func attemptToSend(_ message: MQTTMessage) async -> SettleOutcome {
        do {
            try await publish(message)
            return .done
        } catch {
            return SettleOutcome(error: error)
        }
    }
}
