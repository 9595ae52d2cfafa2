import Logging
import MQTTClient
import Metrics
import NIOCore
import Tracing

/// Takes one message through decoding, attempts, waits, publishes and the dead letter, up to the word what
/// becomes of it.
///
/// It knows no connection: it is handed a closure that publishes. So the same steps run in a worker and in a
/// test without any broker.
struct MessageProcessor: Sendable {
    /// Which worker this is.
    let identity: WorkerIdentity
    /// The time by which it waits.
    let time: WorkerTime
    /// Numbers from 0 up to 1, for the jitter.
    let randomness: @Sendable () -> Double
    /// Where dead letters of a group go, without the original's topic.
    let deadLetterPrefix: @Sendable (_ group: String) -> String
    /// Set when the worker stops: nobody begins to wait then.
    let stop: Latch<Void>
    /// Called when an attempt is still running at its deadline.
    let overdue: @Sendable () -> Void
    /// Called between the steps of a handling.
    let onStep: (@Sendable (HandlingStep) async -> Void)?
    /// The counters of each handler, by the identifier of its route.
    let metrics: [UInt32: HandlerMetrics]
    /// Where it logs.
    let logger: Logger
    /// Where it traces.
    let tracer: any Tracer
    /// Publishes a message and returns when the broker has it.
    let publish: @Sendable (MQTTMessage) async throws -> Void

    /// How long to wait before a publish that was not taken is tried again.
    static let sendBackoff = RetryPolicy(attempts: 1, base: .milliseconds(100), cap: .seconds(10))

    /// Handles one message.
    ///
    /// - Parameters:
    ///   - message: The message as it arrived.
    ///   - redelivered: Whether the broker says that it sent it before.
    ///   - route: The handler and what belongs to it.
    /// - Returns: What becomes of the message, and how it came to that.
    func process(_ message: MQTTMessage, redelivered: Bool, route: Route) async -> HandlingReport {
        let carrier = UserPropertyCarrier()
        var context = ServiceContext.topLevel
        tracer.extract(message.properties.userProperties, into: &context, using: carrier)
        return await tracer.withAnySpan("process \(message.topic)", context: context, ofKind: .consumer) { span in
            span.attributes["messaging.system"] = "mqtt"
            span.attributes["messaging.destination.name"] = message.topic
            span.attributes["messaging.consumer.group.name"] = route.group
            span.attributes["messaging.message.body.size"] = message.payload.readableBytes
            var handling = MessageHandling(
                processor: self,
                message: message,
                redelivered: redelivered,
                route: route,
                span: span
            )
            await handling.run()
            span.attributes["martlet.attempts"] = handling.report.attempts
            return handling.report
        }
    }

    /// Gives a message that no handler asks for to the dead letter topic.
    ///
    /// - Parameters:
    ///   - message: The message as it arrived.
    ///   - group: The worker's group.
    /// - Returns: What becomes of the message.
    func bury(unrouted message: MQTTMessage, group: String) async -> HandlingReport {
        logger.error(
            "A message came that no handler asks for: an older version of this worker subscribed to it",
            metadata: ["topic": "\(message.topic)"]
        )
        var report = HandlingReport()
        let letter = DeadLetter(
            original: message,
            reason: .unrouted,
            failures: [],
            handler: nil,
            group: group,
            worker: identity,
            time: time.timestamp
        )
        if let sent = await send(letter, logger: logger) {
            report.deadLetter = sent
            report.settlement = .deadLettered
        }
        return report
    }

    /// Publishes a dead letter, for as long as it takes.
    ///
    /// - Parameters:
    ///   - letter: The dead letter.
    ///   - logger: Where to say that it is not taken.
    /// - Returns: What was published, or `nil` when the worker stopped first: then the message stays unacknowledged.
    func send(_ letter: DeadLetter, logger: Logger) async -> MQTTMessage? {
        let prefix = deadLetterPrefix(letter.group)
        var isBrief = false
        var tries = 0
        while true {
            var message = letter.message(topicPrefix: prefix, isBrief: isBrief)
            UserPropertyCarrier()
                .mark(&message, causedBy: letter.original.properties.userProperties, tracer: tracer)
            tries += 1
            switch await attemptToSend(message) {
            case .sent: return message
            case .stopped: return nil
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
                return nil
            }
        }
    }

    /// Publishes what a handler published, one after the other, waiting while the broker has no room.
    ///
    /// - Parameters:
    ///   - messages: The messages in their order.
    ///   - logger: Where to say that one is not taken.
    /// - Returns: How it ended; never ``SendOutcome/busy(_:)``.
    func send(_ messages: [MQTTMessage], logger: Logger) async -> SendOutcome {
        for message in messages {
            var tries = 0
            while true {
                tries += 1
                let outcome = await attemptToSend(message)
                guard case .busy(let error) = outcome else {
                    if case .sent = outcome { break }
                    return outcome
                }
                logger.warning(
                    "What the handler published was not taken; trying again",
                    metadata: ["error": "\(error)", "published": "\(message.topic)"]
                )
                let wait = Self.sendBackoff.wait(afterAttempt: tries, random: randomness())
                guard await waitUnlessStopped(wait) else { return .stopped }
            }
        }
        return .sent
    }

    /// Waits, but not while the worker stops.
    ///
    /// - Parameter duration: How long.
    /// - Returns: Whether the time passed; `false` when the worker stops or the task was cancelled.
    func waitUnlessStopped(_ duration: Duration) async -> Bool {
        await stop.wait(atMost: duration, by: time) == nil && !Task.isCancelled
    }

    private func attemptToSend(_ message: MQTTMessage) async -> SendOutcome {
        do {
            try await publish(message)
            return .sent
        } catch {
            return SendOutcome(error: error)
        }
    }
}
