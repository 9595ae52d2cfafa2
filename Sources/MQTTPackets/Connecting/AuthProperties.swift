package import NIOCore

/// The properties of AUTH (MQTT 5.0 §3.15.2.2).
package struct AuthProperties: Sendable, Equatable {
    /// The name of the method; may only be left out together with everything else.
    package var authenticationMethod: String?
    /// The data of this step.
    package var authenticationData: ByteBuffer?
    /// Why, for a person.
    package var reasonString: String?
    /// User properties, in their order.
    package var userProperties: [UserProperty]

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - authenticationMethod: The name of the method; may only be left out together with everything else.
    ///   - authenticationData: The data of this step.
    ///   - reasonString: Why, for a person.
    ///   - userProperties: User properties, in their order.
    package init(
        authenticationMethod: String? = nil,
        authenticationData: ByteBuffer? = nil,
        reasonString: String? = nil,
        userProperties: [UserProperty] = []
    ) {
        self.authenticationMethod = authenticationMethod
        self.authenticationData = authenticationData
        self.reasonString = reasonString
        self.userProperties = userProperties
    }
}
