import MQTTClient
import NIOCore
import Temperatures

/// Publishes the readings, each exactly once whatever happens to the broker.
///
/// A QoS 1 publisher that is not answered sends again, and the broker may have the message already. So the readings go in by commits:
/// one writes the publisher's position and publishes the next readings, all or nothing, and only if the position is still the one that
/// the publisher knows. A commit that is sent again after it was carried out is refused.
struct ReadingPublisher: Sendable {
    /// Where the position is kept.
    private static let key = "demo/publisher"
    /// So many readings go with one commit at most.
    private static let batch = 64
    /// How often a commit is sent at most.
    private static let attempts = 60

    let client: MQTTClient
    let messages: ReadingMessages
    /// So many a second at most, counted from the first; `nil` for as fast as it goes.
    var rate: Double?
    /// How long one answer is waited for; past it the commit is sent again.
    var timeout = Duration.seconds(1)

    /// Publishes all readings.
    ///
    /// - Parameter taken: Called with how many readings the broker has taken.
    /// - Throws: `CommandFailure` when a commit is refused.
    func publish(taken: (Int) -> Void) async throws {
        let start = ContinuousClock.now
        var version = "-"
        var sent = 0
        while sent < messages.count {
            var end = min(sent + Self.batch, messages.count)
            if let rate {
                try await Task.sleep(until: start + .seconds(Double(sent) / rate), clock: .continuous)
                let due = Int((ContinuousClock.now - start).inSeconds * rate) + 1
                end = min(end, max(due, sent + 1))
            }
            version = try await commit(messages[sent..<end], position: end, version: version)
            sent = end
            taken(sent)
        }
    }

    /// Puts some readings in, if the publisher's position still has the version that it knows.
    ///
    /// - Parameters:
    ///   - readings: The readings.
    ///   - position: What the position is behind them; never the same twice.
    ///   - version: The version of the position in front of them, `-` where there is none yet.
    /// - Returns: The version of the position behind them.
    /// - Throws: `CommandFailure` when the commit is refused.
    func commit(_ readings: some Collection<ReadingMessage>, position: Int, version: String) async throws -> String {
        let position = "\(position)"
        var operations = [StoreWire.command("SET", Self.key, position, "IFV", version)]
        for message in readings {
            let words = [Array("PUBLISH".utf8), Array(message.topic.utf8), message.payload]
            operations.append(StoreWire.command(words + ["QOS", "1"].map { Array($0.utf8) }))
        }
        let request = MQTTMessage(
            topic: StoreWire.commitTopic,
            payload: ByteBuffer(bytes: StoreWire.commit(operations))
        )
        for _ in 0..<Self.attempts {
            guard let answer = try await client.answer(to: request, within: timeout) else { continue }
            let words = StoreWire.words(of: answer.payload)
            if words.count == 2, words[0] == "OK" { return words[1] }
            guard words.first == "REFUSED", words.count > 1 else {
                throw CommandFailure("the broker answered a commit with \(words)")
            }
            switch words[1] {
            case "conflict":
                // An earlier sending of this very commit was carried out, and its answer died with the broker.
                let stored = try await StoreReader(client: client).get(Self.key)
                guard let bytes = stored.bytes, let version = stored.version, bytes == Array(position.utf8) else {
                    throw CommandFailure("the publisher's position is not its own: \(words)")
                }
                return version
            case "quota":
                try await Task.sleep(for: .milliseconds(50))
            default:
                throw CommandFailure("the broker refused a commit: \(words.dropFirst().joined(separator: " "))")
            }
        }
        throw CommandFailure("the broker did not answer a commit")
    }
}
