import MQTTClient
import ServiceLifecycle

/// Publishes messages in order, paced, and with a bounded number of them under way.
struct PacedPublisher: Sendable {
    var client: MQTTClient
    /// So many messages may wait for their acknowledgement.
    var window: Int
    /// At most so many messages a second, counted from the first: time that was lost is made good.
    var rate: Double?
    /// How long each message is waited for; `nil` for as long as it takes.
    var timeout: Duration?

    /// What became of a message.
    private enum Outcome: Sendable {
        case published
        /// The server has it, and nobody is subscribed.
        case unheard
        case failed(String)
    }

    /// Publishes until there are no more messages, one could not be published or the process is asked to stop.
    ///
    /// - Parameters:
    ///   - next: Gives the next message, `nil` when there are no more.
    ///   - acknowledged: Called with the number of messages that were published so far.
    /// - Returns: How many messages were published, and why the first one was not.
    /// - Throws: What `next` throws, and `CancellationError`.
    func publish(
        next: () async throws -> MQTTMessage?,
        acknowledged: (Int) -> Void
    ) async throws -> PublishTally {
        var tally = PublishTally()
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            func count(_ outcome: Outcome) {
                if case .failed(let reason) = outcome {
                    tally.failed += 1
                    tally.failure = tally.failure ?? reason
                    return
                }
                if case .unheard = outcome { tally.unheard += 1 }
                tally.published += 1
                acknowledged(tally.published)
            }
            let start = ContinuousClock.now
            var begun = 0
            while let message = try await next() {
                if begun - tally.published - tally.failed >= window, let result = try await group.next() {
                    count(result)
                }
                if let rate {
                    try await Task.sleep(until: start + .seconds(Double(begun) / rate), clock: .continuous)
                }
                guard tally.failure == nil, !Task.isShuttingDownGracefully else { break }
                begun += 1
                // Immediate: the task runs into the client's queue here and now, so messages keep their order.
                group.addImmediateTask { await publish(message) }
            }
            for try await result in group { count(result) }
        }
        return tally
    }

    private func publish(_ message: MQTTMessage) async -> Outcome {
        do {
            let result = try await client.publish(message, timeout: timeout)
            return result.reasonCode == .noMatchingSubscribers ? .unheard : .published
        } catch {
            return .failed("\(error)")
        }
    }
}
