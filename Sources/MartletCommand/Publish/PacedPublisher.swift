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
    /// Whether a message that has no subscriber counts as published.
    var allowsNoSubscriber = true

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
        try await withThrowingTaskGroup(of: String?.self) { group in
            func count(_ failure: String?) {
                if let failure {
                    tally.failed += 1
                    tally.failure = tally.failure ?? failure
                } else {
                    tally.published += 1
                    acknowledged(tally.published)
                }
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

    /// Publishes the message and says why it could not be; `nil` when it was.
    private func publish(_ message: MQTTMessage) async -> String? {
        do {
            let result = try await client.publish(message, timeout: timeout)
            return result.reasonCode == .noMatchingSubscribers && !allowsNoSubscriber ? "nobody is subscribed" : nil
        } catch {
            return "\(error)"
        }
    }
}
