import Logging
import MQTTClient
import Metrics
import Tracing

/// The handling of one message: what happened so far, and what comes next.
struct MessageHandling {
    /// How one attempt ended.
    private enum Attempt {
        case returned([MQTTMessage])
        case threw(any Error, FailureAction)
        /// The worker cancelled it: that is nobody's failure.
        case cancelled
    }

    /// The worker was asked to stop before the handler was called.
    private struct NotBegun: Error {}

    private let processor: MessageProcessor
    private let message: MQTTMessage
    private let redelivered: Bool
    private let route: Route
    private let captures: [String]
    private let span: any Span
    private var logger: Logger
    /// How it ended, and how it came to that.
    private(set) var report = HandlingReport()

    /// Prepares the handling of a message.
    ///
    /// - Parameters:
    ///   - processor: What is around it.
    ///   - message: The message as it arrived.
    ///   - redelivered: Whether the broker says that it sent it before.
    ///   - route: The handler and what belongs to it.
    ///   - span: The span of this handling.
    init(processor: MessageProcessor, message: MQTTMessage, redelivered: Bool, route: Route, span: any Span) {
        self.processor = processor
        self.message = message
        self.redelivered = redelivered
        self.route = route
        self.span = span
        self.captures = route.pattern.captures(in: message.topic) ?? []
        self.logger = processor.logger
        logger[metadataKey: "handler"] = "\(route.registration.name)"
        logger[metadataKey: "topic"] = "\(message.topic)"
    }

    private var metrics: HandlerMetrics? { processor.metrics[route.identifier] }

    /// Tries until the message is settled or the worker stops.
    mutating func run() async {
        if redelivered { metrics?.redelivered.increment() }
        while report.attempts < route.retry.attempts {
            report.attempts += 1
            if report.attempts > 1 { metrics?.retried.increment() }
            logger[metadataKey: "attempt"] = "\(report.attempts)"
            switch await runAttempt() {
            case .cancelled:
                return handBack()
            case .returned(let messages):
                return await finish(publishing: messages)
            case .threw(let error, let action):
                fail(error)
                switch action {
                case .discard: return discard(error)
                case .deadLetter: return await bury(reason: .failed)
                default: break
                }
                if error.isUndecodable { return await bury(reason: .undecodable) }
                if report.attempts == route.retry.attempts { break }
                guard await waitBeforeNextAttempt(error) else { return handBack() }
            }
        }
        await bury(reason: .failed)
    }

    /// Runs the handler once, cancelled at its deadline.
    private func runAttempt() async -> Attempt {
        let start = processor.time.now
        let context = HandlerContext(
            message: message,
            captures: captures,
            attempt: report.attempts,
            maximumAttempts: route.retry.attempts,
            redelivered: redelivered,
            handler: route.registration.name,
            group: route.group,
            worker: processor.identity,
            logger: logger,
            stage: PublishStage(),
            deadline: route.deadline.map { start + $0 },
            time: processor.time,
            stop: processor.stop
        )
        defer { metrics?.duration.record(duration: processor.time.now - start) }
        await processor.onStep?(.taken)
        do {
            try await withDeadline {
                // It may have waited for its thread until after the worker was asked to stop.
                guard !context.isDraining else { throw NotBegun() }
                try await route.registration.run(message, context)
            }
            return .returned(context.stage.close())
        } catch {
            _ = context.stage.close()
            if Task.isCancelled || error is NotBegun { return .cancelled }
            return .threw(error, error.isUndecodable ? .retry : route.registration.failureAction(error, context))
        }
    }

    private func withDeadline(_ body: @escaping @Sendable () async throws -> Void) async throws {
        guard let deadline = route.deadline else { return try await body() }
        let (processor, logger, overdue) = (processor, logger, metrics?.overdue)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return true
            }
            // Off the handlers' threads: a handler that holds its thread must not hold its own deadline.
            group.addTask(executorPreference: globalConcurrentExecutor) {
                guard (try? await processor.time.sleep(deadline)) != nil else { return false }
                logger.error("A handler is cancelled at its deadline", metadata: ["after": "\(deadline)"])
                overdue?.increment()
                processor.overdue()
                return false
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next() {
                if isDone { return }
                group.cancelAll()
            }
        }
    }

    /// Publishes what the handler published; only then is the message handled.
    private mutating func finish(publishing messages: [MQTTMessage]) async {
        await processor.onStep?(.returned)
        var messages = messages
        for index in messages.indices {
            UserPropertyCarrier()
                .mark(&messages[index], causedBy: message.properties.userProperties, tracer: processor.tracer)
        }
        switch await processor.send(messages, logger: logger) {
        case .sent:
            await processor.onStep?(.published)
            report.published = messages
            report.settlement = .handled
            metrics?.handled.increment()
        case .refused(let error), .busy(let error):
            fail(error)
            await bury(reason: .publishRefused)
        case .stopped:
            handBack()
        }
    }

    private mutating func fail(_ error: any Error) {
        report.failures.append(error)
        metrics?.failed.increment()
        span.recordError(error)
    }

    /// Waits as the policy says; while the worker stops the message goes back instead, and no attempt is counted.
    private func waitBeforeNextAttempt(_ error: any Error) async -> Bool {
        let wait = route.retry.wait(afterAttempt: report.attempts, random: processor.randomness())
        logger.warning("The handler failed; trying again", metadata: ["error": "\(error)", "wait": "\(wait)"])
        return await processor.waitUnlessStopped(wait)
    }

    private mutating func discard(_ error: any Error) {
        logger.notice("The handler dropped the message", metadata: ["error": "\(error)"])
        report.settlement = .discarded
        metrics?.discarded.increment()
    }

    private mutating func handBack() {
        report.settlement = .handedBack
        metrics?.handedBack.increment()
    }

    private mutating func bury(reason: DeadLetter.Reason) async {
        logger.error(
            "The message goes to the dead letter topic",
            metadata: ["reason": "\(reason.rawValue)", "error": "\(report.failures.last.map { "\($0)" } ?? "none")"]
        )
        let letter = DeadLetter(
            original: message,
            reason: reason,
            failures: report.failures,
            handler: route.registration.name,
            group: route.group,
            worker: processor.identity,
            time: processor.time.timestamp
        )
        guard let sent = await processor.send(letter, logger: logger) else { return handBack() }
        span.setStatus(SpanStatus(code: .error, message: reason.rawValue))
        report.deadLetter = sent
        report.settlement = .deadLettered
        metrics?.deadLettered.increment()
    }
}

extension Error {
    /// Whether the payload was at fault and not the handler.
    fileprivate var isUndecodable: Bool { (self as? WorkerError)?.code == .undecodable }
}
