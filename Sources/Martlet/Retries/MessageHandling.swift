import CrashPoints
import Logging
import MQTTClient
import Metrics
import StateStoreClient
import Tracing

/// The handling of one message: what happened so far, and what comes next.
struct MessageHandling {
    /// What bounds a handling.
    enum Limits {
        /// How often one attempt runs the handler again because others changed what it read.
        static let conflicts = 64
        /// How the waits before such a run grow.
        static let conflictBackoff = RetryPolicy(base: .milliseconds(2), cap: .milliseconds(200))
        /// How the waits grow while there is no state to be had.
        static let outageBackoff = RetryPolicy(base: .milliseconds(100), cap: .seconds(10))
    }

    /// How one run ended.
    enum Run {
        case returned(HandlerEffects)
        case threw(any Error, FailureAction, HandlerEffects)
        /// The worker cancelled it: that is nobody's failure.
        case cancelled
    }

    /// What comes after a run.
    enum Next {
        /// The handling is over.
        case over
        /// Others changed what the run saw: run again.
        case sameAttempt(any Error)
        /// There is no state to be had, which is no fault of the message: run again when there may be some.
        case afterOutage
        /// The attempt failed, and another follows.
        case nextAttempt
    }

    /// The worker was asked to stop before the handler was called.
    private struct NotBegun: Error {}

    let processor: MessageProcessor
    let message: MQTTMessage
    private let redelivered: Bool
    let route: Route
    let settlement: any MessageSettlement
    private let captures: [String]
    let span: any Span
    private(set) var logger: Logger
    /// How it ended, and how it came to that.
    var report = HandlingReport()

    /// Prepares the handling of a message.
    ///
    /// - Parameters:
    ///   - processor: What is around it.
    ///   - message: The message as it arrived.
    ///   - redelivered: Whether the broker says that it sent it before.
    ///   - route: The handler and what belongs to it.
    ///   - settlement: Makes happen what the handling does.
    ///   - span: The span of this handling.
    init(
        processor: MessageProcessor,
        message: MQTTMessage,
        redelivered: Bool,
        route: Route,
        settlement: any MessageSettlement,
        span: any Span
    ) {
        self.processor = processor
        self.message = message
        self.redelivered = redelivered
        self.route = route
        self.settlement = settlement
        self.span = span
        self.captures = route.pattern.captures(in: message.topic) ?? []
        self.logger = processor.logger
        logger[metadataKey: "handler"] = "\(route.registration.name)"
        logger[metadataKey: "topic"] = "\(message.topic)"
    }

    var metrics: HandlerMetrics? { processor.metrics[route.identifier] }

    /// Which number the present attempt has.
    var attempt: Int { settlement.firstAttempt + report.attempts - 1 }

    /// Handles the message until that is over.
    mutating func run() async {
        if redelivered { metrics?.redelivered.increment() }
        if isSuspect { await runAlone() } else { await makeAttempts() }
    }

    /// Makes attempts until one returns, the broker takes the message back, or there are no more.
    mutating func makeAttempts() async {
        repeat {
            report.attempts += 1
            if attempt > 1 { metrics?.retried.increment() }
            logger[metadataKey: "attempt"] = "\(attempt)"
        } while await makeAttempt()
    }

    /// Runs the handler, again while others change what it reads.
    ///
    /// - Returns: Whether another attempt follows.
    private mutating func makeAttempt() async -> Bool {
        var (conflicts, outages) = (0, 0)
        while true {
            let ended = await runHandler()
            var next: Next
            switch ended {
            case .cancelled:
                handBack()
                next = .over
            case _ where settlement.foundApplied: next = await finish(HandlerEffects())
            case .returned(let effects): next = await finish(effects)
            case .threw(let error, let action, let effects): next = await failed(error, action, effects)
            }
            if case .sameAttempt(let error) = next {
                conflicts += 1
                metrics?.conflicts.increment()
                if conflicts == Limits.conflicts {
                    next = await failed(Self.contended(error), .retry, HandlerEffects())
                }
            }
            await settlement.endRun()
            switch next {
            case .over: return false
            case .nextAttempt: return true
            case .sameAttempt:
                guard await pause(Limits.conflictBackoff, afterAttempt: conflicts) else { return false }
            case .afterOutage:
                outages += 1
                guard await pause(Limits.outageBackoff, afterAttempt: outages) else { return false }
            }
        }
    }

    /// Waits before another run; gives the message back if the worker stops meanwhile.
    private mutating func pause(_ backoff: RetryPolicy, afterAttempt number: Int) async -> Bool {
        let wait = backoff.wait(afterAttempt: number, random: processor.randomness())
        if await processor.waitUnlessStopped(wait) { return true }
        handBack()
        return false
    }

    private static func contended(_ cause: any Error) -> WorkerError {
        WorkerError(
            .stateContended,
            "what the handler read was changed by others \(Limits.conflicts) times in a row",
            cause: cause
        )
    }

    private func runHandler() async -> Run {
        let start = processor.time.now
        let state = StateStage(source: settlement.beginRun())
        let context = HandlerContext(
            message: message,
            captures: captures,
            attempt: attempt,
            maximumAttempts: route.retry.attempts,
            redelivered: redelivered,
            messageIdentifier: settlement.messageIdentifier,
            handler: route.registration.name,
            group: route.group,
            worker: processor.identity,
            logger: logger,
            state: HandlerState(stage: state),
            stage: PublishStage(),
            deadline: nil,
            time: processor.time,
            stop: processor.stop
        )
        defer { metrics?.duration.record(duration: processor.time.now - start) }
        await processor.onStep?(.taken)
        do {
            try await withDeadline { [processor, route] in
                // It may have waited for its thread until after the worker was asked to stop.
                guard !context.isDraining else { throw NotBegun() }
                var context = context
                context.deadline = route.deadline.map { processor.time.now + $0 }
                CrashPoint.beforeHandle.reached()
                try await route.registration.run(message, context)
            }
            CrashPoint.afterHandle.reached()
            CrashPoint.beforeStage.reached()
            let effects = HandlerEffects(published: context.stage.close(), touched: try await state.close())
            CrashPoint.afterStage.reached()
            return .returned(effects)
        } catch {
            _ = context.stage.close()
            let seen = HandlerEffects(touched: state.abandon())
            if Task.isCancelled || error is NotBegun { return .cancelled }
            if settlement.foundApplied { return .returned(seen) }
            let action = error.isUndecodable ? .retry : route.registration.failureAction(error, context)
            return .threw(error, action, seen)
        }
    }

    /// Runs the handler, and cancels it at the deadline, which counts from when it has its thread.
    private func withDeadline(_ body: @escaping @Sendable () async throws -> Void) async throws {
        guard let deadline = route.deadline else { return try await body() }
        let (processor, logger, overdue) = (processor, logger, metrics?.overdue)
        let (begun, ended) = (Latch<Void>(), Latch<Void>())
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                begun.set(())
                defer { ended.set(()) }
                try await body()
                return true
            }
            // Off the handlers' threads: a handler that holds its thread must not hold its own deadline.
            group.addTask(executorPreference: globalConcurrentExecutor) {
                guard await begun.wait() != nil, (try? await processor.time.sleep(deadline)) != nil else {
                    return false
                }
                logger.error("A handler is cancelled at its deadline", metadata: ["after": "\(deadline)"])
                overdue?.increment()
                processor.overdue(OverdueRun(deadline: deadline, ended: ended))
                return false
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next() {
                if isDone { return }
                group.cancelAll()
            }
        }
    }
}

extension Error {
    /// Whether the payload could not be decoded.
    var isUndecodable: Bool { (self as? WorkerError)?.code == .undecodable }

    /// Whether there is no state to be had, for whatever key: a store that answers and refuses is none that is away.
    var isOutage: Bool {
        guard let error = self as? WorkerError, error.code == .stateUnavailable else { return false }
        guard let cause = error.cause as? StateStoreError else { return true }
        return [.timedOut, .connection, .clockSkew].contains(cause.code)
    }
}
