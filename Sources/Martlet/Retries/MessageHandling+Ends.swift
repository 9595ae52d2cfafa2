import Logging
import MQTTClient
import Metrics
import Tracing

/// What comes after a run of the handler.
extension MessageHandling {
    /// Makes happen what a run that returned wants.
    mutating func finish(_ effects: HandlerEffects) async -> Next {
        await processor.onStep?(.returned)
        var effects = effects
        for index in effects.published.indices {
            UserPropertyCarrier()
                .mark(
                    &effects.published[index],
                    causedBy: message.properties.userProperties,
                    tracer: processor.tracer
                )
        }
        switch await settlement.settle(effects, logger: logger) {
        case .done:
            await processor.onStep?(.published)
            report.published = effects.published
            report.settlement = .handled
            metrics?.handled.increment()
        case .again(let error): return .sameAttempt(error)
        // There was no room for long enough: an attempt like one that threw, so that its slot is free meanwhile.
        case .busy(let error): return await failed(error, .retry, HandlerEffects())
        case .refused(let error):
            fail(error)
            return await bury(reason: .publishRefused, HandlerEffects())
        case .gone: beGone()
        case .lost: report.settlement = .forgotten
        case .stopped: handBack()
        }
        return .over
    }

    /// Decides what follows a run that threw.
    mutating func failed(_ error: any Error, _ action: FailureAction, _ seen: HandlerEffects) async -> Next {
        if action == .retry, error.isOutage { return outage(error) }
        fail(error)
        switch action {
        case .discard: return await discard(error, seen)
        case .deadLetter: return await bury(reason: .failed, seen)
        default: break
        }
        if error.isUndecodable { return await bury(reason: .undecodable, seen) }
        if attempt >= route.retry.attempts { return await bury(reason: .failed, seen) }
        let wait = route.retry.wait(afterAttempt: attempt, random: processor.randomness())
        logger.warning("The handler failed; trying again", metadata: ["error": "\(error)", "wait": "\(wait)"])
        switch await settlement.hold(for: wait, because: error) {
        case .held: report.settlement = .held
        case .gone: beGone()
        case .lost: report.settlement = .forgotten
        case .inPlace:
            await settlement.endRun()
            if await processor.waitUnlessStopped(wait) { return .nextAttempt }
            handBack()
        }
        return .over
    }

    /// There is no state to be had: no attempt has failed, for another message would have fared the same.
    private mutating func outage(_ error: any Error) -> Next {
        if settlement.isLost {
            report.settlement = .forgotten
            return .over
        }
        logger.error("There is no state for the handler; trying again", metadata: ["error": "\(error)"])
        return .afterOutage
    }

    mutating func fail(_ error: any Error) {
        report.failures.append(error)
        metrics?.failed.increment()
        span.recordError(error)
    }

    private mutating func discard(_ error: any Error, _ seen: HandlerEffects) async -> Next {
        switch await settlement.settle(seen, logger: logger) {
        case .again(let conflict):
            report.failures.removeLast()
            return .sameAttempt(conflict)
        case .gone: beGone()
        case .lost: report.settlement = .forgotten
        case .stopped: handBack()
        case .done, .refused, .busy:
            logger.notice("The handler dropped the message", metadata: ["error": "\(error)"])
            report.settlement = .discarded
            metrics?.discarded.increment()
        }
        return .over
    }

    mutating func handBack() {
        report.settlement = .handedBack
        metrics?.handedBack.increment()
    }

    private mutating func beGone() {
        report.settlement = .gone
        metrics?.gone.increment()
        logger.debug("Another replica has the message, or it was done before")
    }

    /// Gives the message to the dead letter topic.
    mutating func bury(reason: DeadLetter.Reason, _ seen: HandlerEffects) async -> Next {
        let letter = DeadLetter(
            original: message,
            reason: reason,
            failures: report.failures,
            earlier: settlement.earlierFailures,
            attempts: attempt,
            handler: route.registration.name,
            group: route.group,
            worker: processor.identity,
            time: processor.time.timestamp
        )
        let (outcome, sent) = await processor.send(letter, by: settlement, seen, logger: logger)
        switch outcome {
        case .again(let conflict):
            report.failures.removeLast()
            return .sameAttempt(conflict)
        case .gone: beGone()
        case .lost: report.settlement = .forgotten
        case .stopped, .busy, .refused: handBack()
        case .done:
            logger.error(
                "The message went to the dead letter topic",
                metadata: [
                    "reason": "\(reason.rawValue)", "error": "\(report.failures.last.map { "\($0)" } ?? "none")",
                ]
            )
            span.setStatus(SpanStatus(code: .error, message: reason.rawValue))
            report.deadLetter = sent
            report.settlement = .deadLettered
            metrics?.deadLettered.increment()
        }
        return .over
    }
}
