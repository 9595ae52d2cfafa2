import MQTTClient

/// One registration as a worker runs it: every default filled in, checked, and numbered.
struct Route: Sendable {
    /// The handler and what belongs to it.
    let registration: HandlerRegistration
    /// The filter, taken apart.
    let pattern: TopicPattern
    /// The group that shares the messages.
    let group: String
    /// How failed messages are tried again.
    let retry: RetryPolicy
    /// How long one attempt may take; `nil` for as long as it takes.
    let deadline: Duration?

    /// The number that comes back with each message of the subscription.
    ///
    /// It is made of the filter's bytes and not of the registration's place in the list: messages that wait in
    /// a session which an older version of the program left behind carry the old number, and must not reach
    /// another handler by it.
    let identifier: UInt32

    /// What the broker is asked for.
    var subscription: MQTTSubscription {
        MQTTSubscription(sharedFilter, qos: registration.qos, identifier: identifier)
    }

    /// The filter with the group in front.
    var sharedFilter: String { "$share/\(group)/\(registration.filter)" }

    /// Fills in what the registration leaves to the worker.
    ///
    /// - Parameters:
    ///   - registration: The registration.
    ///   - configuration: The worker's configuration.
    /// - Throws: ``WorkerError`` when the filter or the group is not valid, or when dead letters would come back.
    init(_ registration: HandlerRegistration, configuration: WorkerConfiguration) throws(WorkerError) {
        self.registration = registration
        self.pattern = try TopicPattern(registration.filter)
        self.group = registration.group ?? configuration.group ?? configuration.name
        self.retry = registration.retry ?? configuration.retry
        self.deadline = registration.deadline ?? configuration.deadline
        guard !group.isEmpty, !group.contains(where: { "/+#\0".contains($0) }) else {
            throw WorkerError(.invalidConfiguration, "the group '\(group)' must not be empty or hold / + #")
        }
        self.identifier = Self.identifier(of: "$share/\(group)/\(registration.filter)")
        let deadLetters = configuration.deadLetterPrefix(group: group)
        if pattern.canMatch(topicsBelow: deadLetters) {
            throw WorkerError(
                .invalidConfiguration,
                "handler \(registration.name) would get its own dead letters: '\(registration.filter)' matches topics below '\(deadLetters)'"
            )
        }
    }

    /// Hashes a filter (FNV-1a) into the range that subscription identifiers have (MQTT 5.0 §3.8.2.1.2).
    private static func identifier(of filter: String) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in filter.utf8 {
            hash = (hash ^ UInt32(byte)) &* 16_777_619
        }
        // Folded rather than cut, so that the high bits have their say.
        return ((hash >> 28) ^ (hash & 0x0FFF_FFFF)) % 268_435_455 + 1
    }
}
