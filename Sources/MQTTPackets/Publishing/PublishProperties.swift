package import NIOCore

/// The properties of PUBLISH (MQTT 5.0 §3.3.2.3).
package struct PublishProperties: Sendable, Equatable {
    /// 1 if the payload is UTF-8 text; none is 0.
    package var payloadFormatIndicator: UInt8?
    /// Seconds that the message lives; none is for ever.
    package var messageExpiryInterval: UInt32?
    /// A number that stands for the topic on this connection; never 0.
    package var topicAlias: UInt16?
    /// The topic for an answer.
    package var responseTopic: String?
    /// By what the asker knows the answer again.
    package var correlationData: ByteBuffer?
    /// User properties, in their order.
    package var userProperties: [UserProperty]
    /// The subscriptions that the message came by; never from a client.
    package var subscriptionIdentifiers: [UInt32]
    /// What the payload is, in words of the application.
    package var contentType: String?

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - payloadFormatIndicator: 1 if the payload is UTF-8 text; none is 0.
    ///   - messageExpiryInterval: Seconds that the message lives; none is for ever.
    ///   - topicAlias: A number that stands for the topic on this connection; never 0.
    ///   - responseTopic: The topic for an answer.
    ///   - correlationData: By what the asker knows the answer again.
    ///   - userProperties: User properties, in their order.
    ///   - subscriptionIdentifiers: The subscriptions that the message came by; never from a client.
    ///   - contentType: What the payload is, in words of the application.
    package init(
        payloadFormatIndicator: UInt8? = nil,
        messageExpiryInterval: UInt32? = nil,
        topicAlias: UInt16? = nil,
        responseTopic: String? = nil,
        correlationData: ByteBuffer? = nil,
        userProperties: [UserProperty] = [],
        subscriptionIdentifiers: [UInt32] = [],
        contentType: String? = nil
    ) {
        self.payloadFormatIndicator = payloadFormatIndicator
        self.messageExpiryInterval = messageExpiryInterval
        self.topicAlias = topicAlias
        self.responseTopic = responseTopic
        self.correlationData = correlationData
        self.userProperties = userProperties
        self.subscriptionIdentifiers = subscriptionIdentifiers
        self.contentType = contentType
    }
}
