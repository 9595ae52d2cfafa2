import MQTTClient

/// What a broker with the extension says of a delivery, in user properties.
struct DeliveryFacts: Sendable {
    /// The name of the property with the identifier of the message.
    static let identifierName = "martlet-id"
    /// The name of the property with the number of the delivery.
    static let attemptName = "martlet-attempt"
    /// The names of both.
    static let names: Set<String> = [identifierName, attemptName]

    /// What the message is called: the same for each delivery, at any replica, also after the broker was restarted.
    var identifier: String
    /// The how manieth delivery this is, from 1.
    var attempt: Int

    /// Reads what the broker says; the last of each name is the broker's own.
    ///
    /// - Parameter message: The message as it arrived.
    init?(_ message: MQTTMessage) {
        let properties = message.properties.userProperties
        guard let identifier = properties.last(where: { $0.name == Self.identifierName })?.value else { return nil }
        self.identifier = identifier
        let attempt = properties.last { $0.name == Self.attemptName }?.value
        self.attempt = max(attempt.flatMap { Int($0) } ?? 1, 1)
    }
}
