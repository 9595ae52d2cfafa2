import MQTTClient
import MQTTPackets

/// A message that no attempt could handle, as it goes to the dead letter topic.
///
/// Payload and properties are those of the original, so that it can be published again as it was. What happened
/// stands in user properties whose names begin with ``prefix``. The original's expiry is one of those too,
/// since a dead letter is to stay until somebody has looked at it.
struct DeadLetter: Sendable {
    /// Why a message ended here.
    enum Reason: String {
        /// Every attempt threw, or the handler said that no other would do better.
        case failed
        /// The payload could not be decoded.
        case undecodable
        /// No handler of this worker asks for it (any more).
        case unrouted
        /// The broker refused for good what the handler published.
        case publishRefused = "publish-refused"
        /// Replicas ended while they handled it alone.
        case replicaDied = "replica-died"
    }

    /// What bounds a dead letter.
    enum Limits {
        /// The most bytes of one error's text.
        static let textBytes = 1024
        /// How many of the latest errors are told.
        static let failures = 16
    }

    /// How the names of the user properties begin.
    static let prefix = "martlet-dead-letter-"

    /// The message that could not be handled.
    let original: MQTTMessage
    /// Why.
    let reason: Reason
    /// The errors of the attempts, in their order.
    let failures: [any Error]
    /// What other replicas said of attempts before.
    let earlier: [EarlierFailure]
    /// How many attempts there were, those of other replicas that the broker counted included.
    let attempts: Int
    /// The handler's name; `nil` when there was none.
    let handler: String?
    /// The group that shares the messages.
    let group: String
    /// Which worker gave up.
    let worker: WorkerIdentity
    /// When it gave up, in ISO 8601.
    let time: String

    /// Writes the dead letter.
    ///
    /// - Parameters:
    ///   - topicPrefix: The dead letter topics of the group, without the original's topic.
    ///   - isBrief: Whether only the last error is told, and of the original's user properties none, because
    ///     the broker found the full form too large.
    /// - Returns: The message to publish.
    func message(topicPrefix: String, isBrief: Bool) -> MQTTMessage {
        var message = original
        let topic = "\(topicPrefix)/\(original.topic)"
        message.topic = TopicName.isValid(topic) ? topic : topicPrefix
        message.qos = .atLeastOnce
        message.retain = false
        message.properties.expiry = nil
        message.properties.userProperties =
            isBrief
            ? []
            : original.properties.userProperties.filter {
                !$0.name.hasPrefix(Self.prefix) && !DeliveryFacts.names.contains($0.name)
            }
        message.properties.userProperties += history(isBrief: isBrief)
        return message
    }

    private func history(isBrief: Bool) -> [MQTTUserProperty] {
        var properties: [MQTTUserProperty] = []
        func add(_ name: String, _ value: String) {
            properties.append(MQTTUserProperty(Self.prefix + name, Self.clean(value)))
        }
        add("reason", reason.rawValue)
        if let last = failures.last { add("error", String(describing: last)) }
        add("attempts", String(attempts))
        if let handler { add("handler", handler) }
        add("group", group)
        add("worker", worker.description)
        add("topic", original.topic)
        add("time", time)
        if let expiry = original.properties.expiry { add("expiry", "\(expiry)") }
        if !isBrief {
            for (attempt, text) in outcomes.suffix(Limits.failures) { add("attempt", "\(attempt): \(text)") }
        }
        return properties
    }

    /// How each attempt ended, in their order.
    ///
    /// One of which nothing is known ended with its replica, or before there was room for its error.
    private var outcomes: [(attempt: Int, text: String)] {
        let own = attempts - failures.count
        guard own >= 0 else { return failures.enumerated().map { ($0 + 1, "\($1)") } }
        let known = Dictionary(earlier.map { ($0.attempt, $0.text) }) { $1 }
        let before = (0..<own).map { ($0 + 1, known[$0 + 1] ?? "lost with its replica, or not known any more") }
        return before + failures.enumerated().map { (own + $0 + 1, "\($1)") }
    }

    /// Makes a text fit for a user property: cut off, and without control characters (MQTT 5.0 §1.5.4).
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - limit: How many bytes it may have.
    /// - Returns: What is left of it.
    static func clean(_ text: String, to limit: Int = Limits.textBytes) -> String {
        var result = ""
        var bytes = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            let kept: Unicode.Scalar = isControl ? " " : scalar
            bytes += String(kept).utf8.count
            if bytes > limit { break }
            result.unicodeScalars.append(kept)
        }
        return result
    }
}
