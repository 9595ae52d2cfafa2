package import Logging
package import MQTTClient
import Synchronization
import Tracing

/// A handler with everything around it but a connection: what `MartletTesting` runs handlers in.
package struct HandlerTrial: Sendable {
    private let route: Route
    private let processor: MessageProcessor
    private let stop = Latch<Void>()
    private let preparation: Preparation
    /// What the handler's state is.
    package let state = TrialState()

    /// Prepares a handler as a worker would.
    ///
    /// - Parameters:
    ///   - registration: The handler and its filter.
    ///   - configuration: What the worker is told; nothing of it leads to a broker.
    ///   - logger: Where it logs.
    ///   - publish: Takes what the handler publishes, and dead letters; throws as a client would.
    /// - Throws: ``WorkerError`` when the configuration or the registration is not valid.
    package init(
        _ registration: HandlerRegistration,
        configuration: WorkerConfiguration,
        logger: Logger,
        publish: @escaping @Sendable (MQTTMessage) async throws -> Void
    ) throws(WorkerError) {
        try configuration.validate()
        self.route = try Route(registration, configuration: configuration)
        self.preparation = Preparation(registration.start)
        self.processor = MessageProcessor(
            identity: WorkerIdentity(name: configuration.name, replica: configuration.replica ?? "test"),
            time: WorkerTime(clock: configuration.clock),
            randomness: configuration.randomness,
            deadLetterPrefix: { configuration.deadLetterPrefix(group: $0) },
            stop: stop,
            overdue: { _ in },
            onStep: configuration.onStep,
            metrics: [:],
            logger: logger,
            tracer: configuration.tracer ?? InstrumentationSystem.tracer,
            publish: publish
        )
    }

    /// Has the handler handle a message, attempts, waits and dead letter included.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - redelivered: Whether it is marked as sent before.
    /// - Returns: What becomes of it.
    /// - Throws: ``WorkerError`` when the handler's filter does not match the topic: a worker would never have got it; when the handler did
    ///   not start.
    package func run(_ message: MQTTMessage, redelivered: Bool) async throws(WorkerError) -> HandlingReport {
        guard route.pattern.captures(in: message.topic) != nil else {
            throw WorkerError(
                .invalidConfiguration,
                "the topic '\(message.topic)' does not match the handler's filter '\(route.registration.filter)'"
            )
        }
        do {
            try await preparation.finish()
        } catch {
            throw WorkerError(.handlerNotStarted, "handler \(route.registration.name) did not start", cause: error)
        }
        let settlement = TrialSettlement(processor: processor, state: state)
        return await processor.process(message, redelivered: redelivered, route: route, settlement: settlement)
    }

    /// Does what a stop of the worker does to a message that waits for its next attempt.
    package func requestStop() {
        stop.set(())
    }

    /// The handler's own start, before its first message and once.
    private final class Preparation: Sendable {
        private let start: @Sendable () async throws -> Void
        private let task = Mutex<Task<Void, any Error>?>(nil)

        init(_ start: @escaping @Sendable () async throws -> Void) {
            self.start = start
        }

        func finish() async throws {
            let task = task.withLock { task in
                if let task { return task }
                let new = Task { [start] in try await start() }
                task = new
                return new
            }
            try await task.value
        }
    }
}
