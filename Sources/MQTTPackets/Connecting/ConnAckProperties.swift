package import NIOCore

/// The properties of CONNACK (MQTT 5.0 §3.2.2.3).
package struct ConnAckProperties: Sendable, Equatable {
    /// Seconds that the session outlives the connection, if not what the client asked for.
    package var sessionExpiryInterval: UInt32?
    /// Unacknowledged messages that the server takes; none is 65,535.
    package var receiveMaximum: UInt16?
    /// The highest quality of service that the server takes; none is 2, and 2 is not sent.
    package var maximumQoS: QoS?
    /// Whether the server keeps retained messages; none is yes.
    package var retainAvailable: Bool?
    /// Bytes of the largest packet that the server takes; none is no limit.
    package var maximumPacketSize: UInt32?
    /// The name that the server gave to a client without one.
    package var assignedClientIdentifier: String?
    /// The highest topic alias that the server takes; none is 0.
    package var topicAliasMaximum: UInt16?
    /// What came of it, for a person.
    package var reasonString: String?
    /// User properties, in their order.
    package var userProperties: [UserProperty]
    /// Whether the server supports wildcards; none is yes.
    package var wildcardSubscriptionAvailable: Bool?
    /// Whether the server supports subscription identifiers; none is yes.
    package var subscriptionIdentifiersAvailable: Bool?
    /// Whether the server supports shared subscriptions; none is yes.
    package var sharedSubscriptionAvailable: Bool?
    /// The keep-alive in seconds that counts instead of the client's.
    package var serverKeepAlive: UInt16?
    /// A basis for response topics.
    package var responseInformation: String?
    /// Another server to use.
    package var serverReference: String?
    /// The name of the method of enhanced authentication.
    package var authenticationMethod: String?
    /// The data of enhanced authentication.
    package var authenticationData: ByteBuffer?

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - sessionExpiryInterval: Seconds that the session outlives the connection, if not what the client asked for.
    ///   - receiveMaximum: Unacknowledged messages that the server takes; none is 65,535.
    ///   - maximumQoS: The highest quality of service that the server takes; none is 2, and 2 is not sent.
    ///   - retainAvailable: Whether the server keeps retained messages; none is yes.
    ///   - maximumPacketSize: Bytes of the largest packet that the server takes; none is no limit.
    ///   - assignedClientIdentifier: The name that the server gave to a client without one.
    ///   - topicAliasMaximum: The highest topic alias that the server takes; none is 0.
    ///   - reasonString: What came of it, for a person.
    ///   - userProperties: User properties, in their order.
    ///   - wildcardSubscriptionAvailable: Whether the server supports wildcards; none is yes.
    ///   - subscriptionIdentifiersAvailable: Whether the server supports subscription identifiers; none is yes.
    ///   - sharedSubscriptionAvailable: Whether the server supports shared subscriptions; none is yes.
    ///   - serverKeepAlive: The keep-alive in seconds that counts instead of the client's.
    ///   - responseInformation: A basis for response topics.
    ///   - serverReference: Another server to use.
    ///   - authenticationMethod: The name of the method of enhanced authentication.
    ///   - authenticationData: The data of enhanced authentication.
    package init(
        sessionExpiryInterval: UInt32? = nil,
        receiveMaximum: UInt16? = nil,
        maximumQoS: QoS? = nil,
        retainAvailable: Bool? = nil,
        maximumPacketSize: UInt32? = nil,
        assignedClientIdentifier: String? = nil,
        topicAliasMaximum: UInt16? = nil,
        reasonString: String? = nil,
        userProperties: [UserProperty] = [],
        wildcardSubscriptionAvailable: Bool? = nil,
        subscriptionIdentifiersAvailable: Bool? = nil,
        sharedSubscriptionAvailable: Bool? = nil,
        serverKeepAlive: UInt16? = nil,
        responseInformation: String? = nil,
        serverReference: String? = nil,
        authenticationMethod: String? = nil,
        authenticationData: ByteBuffer? = nil
    ) {
        self.sessionExpiryInterval = sessionExpiryInterval
        self.receiveMaximum = receiveMaximum
        self.maximumQoS = maximumQoS
        self.retainAvailable = retainAvailable
        self.maximumPacketSize = maximumPacketSize
        self.assignedClientIdentifier = assignedClientIdentifier
        self.topicAliasMaximum = topicAliasMaximum
        self.reasonString = reasonString
        self.userProperties = userProperties
        self.wildcardSubscriptionAvailable = wildcardSubscriptionAvailable
        self.subscriptionIdentifiersAvailable = subscriptionIdentifiersAvailable
        self.sharedSubscriptionAvailable = sharedSubscriptionAvailable
        self.serverKeepAlive = serverKeepAlive
        self.responseInformation = responseInformation
        self.serverReference = serverReference
        self.authenticationMethod = authenticationMethod
        self.authenticationData = authenticationData
    }
}
