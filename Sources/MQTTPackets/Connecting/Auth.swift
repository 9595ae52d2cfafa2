/// A step of enhanced authentication (MQTT 5.0 §3.15).
package struct Auth: Sendable, Equatable {
    /// Success, continue or again (§3.15.2.1).
    package var reasonCode: ReasonCode
    /// The properties.
    package var properties: AuthProperties

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - reasonCode: Success, continue or again (§3.15.2.1).
    ///   - properties: The properties.
    package init(
        reasonCode: ReasonCode = .success,
        properties: AuthProperties = AuthProperties()
    ) {
        self.reasonCode = reasonCode
        self.properties = properties
    }
}
