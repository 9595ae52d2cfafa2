/// The properties of DISCONNECT (MQTT 5.0 §3.14.2.2).
package struct DisconnectProperties: Sendable, Equatable {
    /// Seconds that the session lives on, if not as in CONNECT; clients only.
    package var sessionExpiryInterval: UInt32?
    /// Why, for a person.
    package var reasonString: String?
    /// User properties, in their order.
    package var userProperties: [UserProperty]
    /// Another server to use; servers only.
    package var serverReference: String?

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - sessionExpiryInterval: Seconds that the session lives on, if not as in CONNECT; clients only.
    ///   - reasonString: Why, for a person.
    ///   - userProperties: User properties, in their order.
    ///   - serverReference: Another server to use; servers only.
    package init(
        sessionExpiryInterval: UInt32? = nil,
        reasonString: String? = nil,
        userProperties: [UserProperty] = [],
        serverReference: String? = nil
    ) {
        self.sessionExpiryInterval = sessionExpiryInterval
        self.reasonString = reasonString
        self.userProperties = userProperties
        self.serverReference = serverReference
    }
}
