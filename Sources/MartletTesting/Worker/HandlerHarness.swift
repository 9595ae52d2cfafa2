public import Logging
public import MQTTClient
public import Martlet
import NIOCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs a handler alone: no broker, no connection, no thread pool.
///
/// The steps around the handler are those of a worker: decoding, attempts, waits, what it publishes, and the
/// dead letter.
///
/// ```swift
/// let harness = try HandlerHarness("orders/placed/+", handler: OrderHandler())
/// let outcome = try await harness.deliver(Order(id: 7), topic: "orders/placed/7")
/// #expect(outcome.isHandled)
/// #expect(outcome.published.map(\.topic) == ["invoices/7"])
/// ```
public final class HandlerHarness: Sendable {
    /// The clock by which the handler's deadline and the waits between its attempts run.
    public let clock: any Clock<Duration>
    private let trial: HandlerTrial

    /// Prepares a handler.
    ///
    /// - Parameters:
    ///   - filter: The filter that the handler is registered with.
    ///   - handler: The handler.
    ///   - retry: How it is tried again; without waits if none is given, so that a test needs no clock.
    ///   - deadline: How long one attempt may take.
    ///   - clock: A ``TestClock``, to move the time by hand.
    ///   - randomness: Numbers from 0 up to 1 for the jitter; always the longest wait if none is given.
    ///   - logger: Where the handler and what is around it log; nowhere if none is given.
    ///   - publish: Is asked for each message that is published; throws to refuse it, as a client would.
    /// - Throws: `WorkerError` when the filter is not valid.
    public init(
        _ filter: String,
        handler: some Handler,
        retry: RetryPolicy = RetryPolicy(base: .zero, cap: .zero),
        deadline: Duration? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        randomness: @escaping @Sendable () -> Double = { 1 },
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        publish: @escaping @Sendable (MQTTMessage) throws -> Void = { _ in }
    ) throws {
        var configuration = WorkerConfiguration(name: "test")
        configuration.clock = clock
        configuration.randomness = randomness
        configuration.deadline = nil
        self.clock = clock
        self.trial = try HandlerTrial(
            HandlerRegistration(filter, handler: handler, retry: retry, deadline: deadline),
            configuration: configuration,
            logger: logger,
            publish: { try publish($0) }
        )
    }

    /// What the handler keeps in its state.
    public var state: HarnessState { HarnessState(trial: trial.state) }

    /// Delivers a message.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - redelivered: Whether the broker says that it sent it before.
    /// - Returns: What became of it.
    /// - Throws: `WorkerError` when the topic does not match the handler's filter.
    public func deliver(_ message: MQTTMessage, redelivered: Bool = false) async throws -> HandlerOutcome {
        HandlerOutcome(try await trial.run(message, redelivered: redelivered))
    }

    /// Delivers a value as a JSON document.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - topic: The topic that it is published to.
    ///   - properties: What travels with it.
    ///   - redelivered: Whether the broker says that it sent it before.
    /// - Returns: What became of it.
    /// - Throws: What the encoding throws, or `WorkerError` when the topic does not match the handler's filter.
    public func deliver(
        _ value: some Encodable,
        topic: String,
        properties: MQTTMessageProperties = MQTTMessageProperties(),
        redelivered: Bool = false
    ) async throws -> HandlerOutcome {
        let bytes = try JSONEncoder().encode(value)
        return try await deliver(bytes: bytes, topic: topic, properties: properties, redelivered: redelivered)
    }

    /// Delivers bytes.
    ///
    /// - Parameters:
    ///   - bytes: The payload.
    ///   - topic: The topic that it is published to.
    ///   - properties: What travels with it.
    ///   - redelivered: Whether the broker says that it sent it before.
    /// - Returns: What became of it.
    /// - Throws: `WorkerError` when the topic does not match the handler's filter.
    public func deliver(
        bytes: some Sequence<UInt8>,
        topic: String,
        properties: MQTTMessageProperties = MQTTMessageProperties(),
        redelivered: Bool = false
    ) async throws -> HandlerOutcome {
        let message = MQTTMessage(topic: topic, payload: ByteBuffer(bytes: bytes), properties: properties)
        return try await deliver(message, redelivered: redelivered)
    }

    /// Asks to stop, as SIGTERM does: a message that waits for its next attempt, now or later, is handed back.
    public func requestStop() {
        trial.requestStop()
    }
}
