import MQTTClient
import NIOCore
package import StateStore

extension StateStoreClient {
    /// Commits: all operations of a commit are done and durable, or none (extension).
    ///
    /// When the connection breaks meanwhile the request is sent again, and what was done already is refused then as `gone`
    /// (deliveries) or `conflict` (versions).
    ///
    /// - Parameters:
    ///   - commits: The commits; each is all or nothing by itself.
    ///   - timeout: How long to wait; `nil` for the configuration's.
    /// - Returns: What became of each, in order.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/outcomeUnknown`` when the answer was lost.
    package func commit(
        _ commits: [CommitRequest],
        timeout: Duration? = nil
    ) async throws(StateStoreError) -> [CommitOutcome] {
        if commits.isEmpty { return [] }
        try self.needExtension("commits")
        let payload = CommitRequest.payload(of: commits)
        let answer = try await self.send(payload, to: StateStore.commitTopic, [], timeout)
        let outcomes: [CommitOutcome]
        do throws(StateError) {
            outcomes = try CommitOutcome.parse(Array(answer.message.payload.readableBytesView).span)
        } catch {
            throw StateStoreError(answer: error.text)
        }
        guard outcomes.count == commits.count else {
            throw StateStoreError(.malformedAnswer, "\(outcomes.count) outcomes for \(commits.count) commits")
        }
        for case .committed(let version) in outcomes { self.clock.see(version) }
        return outcomes
    }
}
