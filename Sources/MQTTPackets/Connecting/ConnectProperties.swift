package import NIOCore

/// The properties of CONNECT (MQTT 5.0 §3.1.2.11).
package struct ConnectProperties: Sendable, Equatable {
    /// Seconds that the session outlives the connection; none is 0, 0xFFFFFFFF is for ever.
    package var sessionExpiryInterval: UInt32?
    /// Unacknowledged messages that the client takes; none is 65,535.
    package var receiveMaximum: UInt16?
    /// Bytes of the largest packet that the client takes; none is no limit.
    package var maximumPacketSize: UInt32?
    /// The highest topic alias that the client takes; none is 0.
    package var topicAliasMaximum: UInt16?
    /// Whether the client asks for response information; none is no.
    package var requestResponseInformation: Bool?
    /// Whether reason strings and user properties may come with any packet; none is yes.
    package var requestProblemInformation: Bool?
    /// User properties, in their order.
    package var userProperties: [UserProperty]
    /// The name of the method of enhanced authentication.
    package var authenticationMethod: String?
    /// The data of enhanced authentication.
    package var authenticationData: ByteBuffer?

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - sessionExpiryInterval: Seconds that the session outlives the connection; none is 0, 0xFFFFFFFF is for ever.
    ///   - receiveMaximum: Unacknowledged messages that the client takes; none is 65,535.
    ///   - maximumPacketSize: Bytes of the largest packet that the client takes; none is no limit.
    ///   - topicAliasMaximum: The highest topic alias that the client takes; none is 0.
    ///   - requestResponseInformation: Whether the client asks for response information; none is no.
    ///   - requestProblemInformation: Whether reason strings and user properties may come with any packet; none is yes.
    ///   - userProperties: User properties, in their order.
    ///   - authenticationMethod: The name of the method of enhanced authentication.
    ///   - authenticationData: The data of enhanced authentication.
    package init(
        sessionExpiryInterval: UInt32? = nil,
        receiveMaximum: UInt16? = nil,
        maximumPacketSize: UInt32? = nil,
        topicAliasMaximum: UInt16? = nil,
        requestResponseInformation: Bool? = nil,
        requestProblemInformation: Bool? = nil,
        userProperties: [UserProperty] = [],
        authenticationMethod: String? = nil,
        authenticationData: ByteBuffer? = nil
    ) {
        self.sessionExpiryInterval = sessionExpiryInterval
        self.receiveMaximum = receiveMaximum
        self.maximumPacketSize = maximumPacketSize
        self.topicAliasMaximum = topicAliasMaximum
        self.requestResponseInformation = requestResponseInformation
        self.requestProblemInformation = requestProblemInformation
        self.userProperties = userProperties
        self.authenticationMethod = authenticationMethod
        self.authenticationData = authenticationData
    }
}
