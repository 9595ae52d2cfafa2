package import NIOCore

/// The properties of a will (MQTT 5.0 §3.1.3.2).
package struct WillProperties: Sendable, Equatable {
    /// Seconds between the end of the connection and the publication; none is 0.
    package var willDelayInterval: UInt32?
    /// 1 if the payload is UTF-8 text; none is 0.
    package var payloadFormatIndicator: UInt8?
    /// Seconds that the message lives once it is published; none is for ever.
    package var messageExpiryInterval: UInt32?
    /// What the payload is, in words of the application.
    package var contentType: String?
    /// The topic for an answer.
    package var responseTopic: String?
    /// By what the asker knows the answer again.
    package var correlationData: ByteBuffer?
    /// User properties, in their order.
    package var userProperties: [UserProperty]

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - willDelayInterval: Seconds between the end of the connection and the publication; none is 0.
    ///   - payloadFormatIndicator: 1 if the payload is UTF-8 text; none is 0.
    ///   - messageExpiryInterval: Seconds that the message lives once it is published; none is for ever.
    ///   - contentType: What the payload is, in words of the application.
    ///   - responseTopic: The topic for an answer.
    ///   - correlationData: By what the asker knows the answer again.
    ///   - userProperties: User properties, in their order.
    package init(
        willDelayInterval: UInt32? = nil,
        payloadFormatIndicator: UInt8? = nil,
        messageExpiryInterval: UInt32? = nil,
        contentType: String? = nil,
        responseTopic: String? = nil,
        correlationData: ByteBuffer? = nil,
        userProperties: [UserProperty] = []
    ) {
        self.willDelayInterval = willDelayInterval
        self.payloadFormatIndicator = payloadFormatIndicator
        self.messageExpiryInterval = messageExpiryInterval
        self.contentType = contentType
        self.responseTopic = responseTopic
        self.correlationData = correlationData
        self.userProperties = userProperties
    }
}
