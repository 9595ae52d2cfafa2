/// What travels with a message besides its topic and payload (MQTT 5.0 §3.3.2.3).
public struct MQTTMessageProperties: Sendable, Hashable {
    /// How long the message is worth delivering; `nil` means for ever.
    ///
    /// A received message shows what is left of it. The wire carries whole seconds: a fraction is rounded up.
    public var expiry: Duration?
    /// What kind of content the payload is, for example a MIME type.
    public var contentType: String?
    /// The topic on which the sender waits for an answer.
    public var responseTopic: String?
    /// What the answer must carry so that the sender can tell which request it belongs to.
    public var correlationData: [UInt8]?
    /// Whether the payload is declared to be bytes or UTF-8 text.
    public var payloadFormat: MQTTPayloadFormat?
    /// Names and values of the application's own.
    public var userProperties: [MQTTUserProperty]

    /// Makes the properties of a message; without arguments there are none.
    ///
    /// - Parameters:
    ///   - expiry: How long the message is worth delivering.
    ///   - contentType: What kind of content the payload is.
    ///   - responseTopic: The topic on which the sender waits for an answer.
    ///   - correlationData: What the answer must carry.
    ///   - payloadFormat: Whether the payload is declared to be bytes or text.
    ///   - userProperties: Names and values of the application's own.
    public init(
        expiry: Duration? = nil,
        contentType: String? = nil,
        responseTopic: String? = nil,
        correlationData: [UInt8]? = nil,
        payloadFormat: MQTTPayloadFormat? = nil,
        userProperties: [MQTTUserProperty] = []
    ) {
        self.expiry = expiry
        self.contentType = contentType
        self.responseTopic = responseTopic
        self.correlationData = correlationData
        self.payloadFormat = payloadFormat
        self.userProperties = userProperties
    }

    /// The value of the first user property with this name.
    ///
    /// - Parameter name: What the property is called.
    /// - Returns: Its value, or `nil` if there is none.
    public func userProperty(_ name: String) -> String? {
        self.userProperties.first { $0.name == name }?.value
    }
}
