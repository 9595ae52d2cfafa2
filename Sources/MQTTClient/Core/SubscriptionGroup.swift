import MQTTPackets

/// Subscriptions that go in one SUBSCRIBE packet: they share an identifier and user properties.
struct SubscriptionGroup: Sendable {
    /// How many of them go in one packet when the client subscribes again after a lost session.
    static let limit = 64

    var subscriptions: [MQTTSubscription]
    var identifier: UInt32?
    var userProperties: [MQTTUserProperty]

    /// Whether its subscriptions may go in one packet with another's.
    func hasSameTerms(as other: SubscriptionGroup) -> Bool {
        self.identifier == other.identifier && self.userProperties == other.userProperties
    }

    /// The packet that asks for them.
    ///
    /// - Parameter packetIdentifier: Its identifier.
    /// - Returns: The packet.
    func packet(_ packetIdentifier: UInt16) -> Packet {
        .subscribe(
            Subscribe(
                packetIdentifier: packetIdentifier,
                properties: SubscribeProperties(
                    subscriptionIdentifier: self.identifier,
                    userProperties: self.userProperties.map(UserProperty.init)
                ),
                filters: self.subscriptions.map(SubscribeFilter.init)
            )
        )
    }
}
