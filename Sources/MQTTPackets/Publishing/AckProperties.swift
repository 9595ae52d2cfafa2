/// The properties of every packet that answers another but CONNACK (MQTT 5.0 §3.4.2.2).
package struct AckProperties: Sendable, Equatable {
    /// What came of it, for a person.
    package var reasonString: String?
    /// User properties, in their order.
    package var userProperties: [UserProperty]

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - reasonString: What came of it, for a person.
    ///   - userProperties: User properties, in their order.
    package init(
        reasonString: String? = nil,
        userProperties: [UserProperty] = []
    ) {
        self.reasonString = reasonString
        self.userProperties = userProperties
    }
}
