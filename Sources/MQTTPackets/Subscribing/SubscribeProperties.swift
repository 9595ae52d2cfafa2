/// The properties of SUBSCRIBE (MQTT 5.0 §3.8.2.1).
package struct SubscribeProperties: Sendable, Equatable {
    /// A number from 1 to 268,435,455 that comes with every message of these subscriptions.
    package var subscriptionIdentifier: UInt32?
    /// User properties, in their order.
    package var userProperties: [UserProperty]

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - subscriptionIdentifier: A number from 1 to 268,435,455 that comes with every message of these subscriptions.
    ///   - userProperties: User properties, in their order.
    package init(
        subscriptionIdentifier: UInt32? = nil,
        userProperties: [UserProperty] = []
    ) {
        self.subscriptionIdentifier = subscriptionIdentifier
        self.userProperties = userProperties
    }
}
