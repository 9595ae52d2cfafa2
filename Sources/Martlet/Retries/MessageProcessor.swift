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
    /// The turn of messages that may be what ends replicas.
    let solo = SoloTurn()
    /// Called when a run of a handler has not ended at its deadline.
    let overdue: @Sendable (OverdueRun) -> Void
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
    ///   - settlement: Makes happen what the handling does.
    /// - Returns: What becomes of the message, and how it came to that.
    func process(
        _ message: MQTTMessage,
        redelivered: Bool,
        route: Route,
        settlement: any MessageSettlement
    ) async -> HandlingReport {
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
                settlement: settlement,
                span: span
            )
            await handling.run()
            span.attributes["martlet.attempts"] = handling.attempt
            return handling.report
        }
    }

    /// Gives a message that no handler asks for to the dead letter topic.
    ///
    /// - Parameters:
    ///   - message: The message as it arrived.
    ///   - group: The worker's group.
    ///   - settlement: Makes it happen.
    /// - Returns: What becomes of the message.
    func bury(
        unrouted message: MQTTMessage,
        group: String,
        settlement: any MessageSettlement
    ) async -> HandlingReport {
        logger.error(
            "A message came that no handler asks for: an older version of this worker subscribed to it",
            metadata: ["topic": "\(message.topic)"]
        )
        var report = HandlingReport()
        let letter = DeadLetter(
            original: message,
            reason: .unrouted,
            failures: [],
            earlier: settlement.earlierFailures,
            attempts: 0,
            handler: nil,
            group: group,
            worker: identity,
            time: time.timestamp
        )
        let (outcome, sent) = await send(letter, by: settlement, HandlerEffects(), logger: logger)
        switch outcome {
        case .done:
            report.deadLetter = sent
            report.settlement = .deadLettered
        case .gone: report.settlement = .gone
        case .lost: report.settlement = .forgotten
        case .again, .refused, .busy, .stopped: break
        }
        return report
    }
}
