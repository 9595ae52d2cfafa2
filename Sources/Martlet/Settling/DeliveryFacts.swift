import MQTTClient

/// What a broker with the extension says of a delivery, in user properties.
struct DeliveryFacts: Sendable {
    /// The name of the property with the identifier of the message.
    static let identifierName = "martlet-id"
    /// The name of the property with the number of the delivery.
    static let attemptName = "martlet-attempt"
    /// The name of the properties with what became of earlier deliveries.
    static let failureName = "martlet-failure"
    /// The names of all.
    static let names: Set<String> = [identifierName, attemptName, failureName]

    /// What the message is called: the same for each delivery, at any replica, also after the broker was restarted.
    var identifier: String
    /// The how manieth delivery this is, from 1.
    var attempt: Int
    /// What the replicas said that gave it back, the oldest first; not of each delivery before there is something.
    var failures: [EarlierFailure] = []

    /// Reads what the broker says; the last of each name is the broker's own.
    ///
    /// - Parameter message: The message as it arrived.
    init?(_ message: MQTTMessage) {
        let properties = message.properties.userProperties
        guard let identifier = properties.last(where: { $0.name == Self.identifierName })?.value else { return nil }
        self.identifier = identifier
        let attempt = properties.last { $0.name == Self.attemptName }?.value
        self.attempt = max(attempt.flatMap { Int($0) } ?? 1, 1)
        self.failures = properties.filter { $0.name == Self.failureName }.compactMap { EarlierFailure($0.value) }
    }
}
