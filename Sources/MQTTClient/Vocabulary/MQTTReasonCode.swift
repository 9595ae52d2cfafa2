/// The one-byte answer that MQTT gives to a request (MQTT 5.0 §2.4).
///
/// Some numbers mean different things in different packets: `0x00` is success, a normal disconnection and
/// "granted, QoS 0". The names below are those that a user of the client meets.
public struct MQTTReasonCode: RawRepresentable, Sendable, Hashable {
    /// The byte on the wire.
    public var rawValue: UInt8

    /// Makes a reason code of any byte.
    ///
    /// - Parameter rawValue: The byte on the wire.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Whether the code says that the request failed (0x80 and above).
    public var isError: Bool { self.rawValue >= 0x80 }

    /// The request was carried out.
    public static let success = MQTTReasonCode(rawValue: 0x00)
    /// The subscription was granted with at most QoS 0.
    public static let grantedQoS0 = MQTTReasonCode(rawValue: 0x00)
    /// The subscription was granted with at most QoS 1.
    public static let grantedQoS1 = MQTTReasonCode(rawValue: 0x01)
    /// The subscription was granted with at most QoS 2.
    public static let grantedQoS2 = MQTTReasonCode(rawValue: 0x02)
    /// The message was taken, but nobody subscribes to its topic.
    public static let noMatchingSubscribers = MQTTReasonCode(rawValue: 0x10)
    /// There was no such subscription to end.
    public static let noSubscriptionExisted = MQTTReasonCode(rawValue: 0x11)
    /// The server does not say why.
    public static let unspecifiedError = MQTTReasonCode(rawValue: 0x80)
    /// A packet could not be parsed.
    public static let malformedPacket = MQTTReasonCode(rawValue: 0x81)
    /// A packet was not allowed at this point or contradicts itself.
    public static let protocolError = MQTTReasonCode(rawValue: 0x82)
    /// The packet is valid, but this server does not take it.
    public static let implementationSpecificError = MQTTReasonCode(rawValue: 0x83)
    /// The server does not speak MQTT 5.
    public static let unsupportedProtocolVersion = MQTTReasonCode(rawValue: 0x84)
    /// The server does not accept the client identifier.
    public static let clientIdentifierNotValid = MQTTReasonCode(rawValue: 0x85)
    /// The user name or the password is wrong.
    public static let badUserNameOrPassword = MQTTReasonCode(rawValue: 0x86)
    /// The client may not do that.
    public static let notAuthorized = MQTTReasonCode(rawValue: 0x87)
    /// The server is not available at the moment.
    public static let serverUnavailable = MQTTReasonCode(rawValue: 0x88)
    /// The server is busy; try again later.
    public static let serverBusy = MQTTReasonCode(rawValue: 0x89)
    /// The client was banned by an administrator.
    public static let banned = MQTTReasonCode(rawValue: 0x8A)
    /// The server is about to stop.
    public static let serverShuttingDown = MQTTReasonCode(rawValue: 0x8B)
    /// The authentication method does not fit.
    public static let badAuthenticationMethod = MQTTReasonCode(rawValue: 0x8C)
    /// Nothing was heard from the client for one and a half keep-alive intervals.
    public static let keepAliveTimeout = MQTTReasonCode(rawValue: 0x8D)
    /// Another connection uses the same client identifier now.
    public static let sessionTakenOver = MQTTReasonCode(rawValue: 0x8E)
    /// The topic filter is well formed, but this server does not take it.
    public static let topicFilterInvalid = MQTTReasonCode(rawValue: 0x8F)
    /// The topic name is well formed, but this server does not take it.
    public static let topicNameInvalid = MQTTReasonCode(rawValue: 0x90)
    /// The packet identifier is in use already.
    public static let packetIdentifierInUse = MQTTReasonCode(rawValue: 0x91)
    /// The packet identifier is not known.
    public static let packetIdentifierNotFound = MQTTReasonCode(rawValue: 0x92)
    /// More messages were sent than the receiver said it can hold.
    public static let receiveMaximumExceeded = MQTTReasonCode(rawValue: 0x93)
    /// The topic alias is not valid.
    public static let topicAliasInvalid = MQTTReasonCode(rawValue: 0x94)
    /// The packet is larger than the receiver said it takes.
    public static let packetTooLarge = MQTTReasonCode(rawValue: 0x95)
    /// Messages come too fast.
    public static let messageRateTooHigh = MQTTReasonCode(rawValue: 0x96)
    /// A limit of the server is reached.
    public static let quotaExceeded = MQTTReasonCode(rawValue: 0x97)
    /// An administrator ended the connection.
    public static let administrativeAction = MQTTReasonCode(rawValue: 0x98)
    /// The payload is not what its format indicator says.
    public static let payloadFormatInvalid = MQTTReasonCode(rawValue: 0x99)
    /// The server does not keep retained messages.
    public static let retainNotSupported = MQTTReasonCode(rawValue: 0x9A)
    /// The server does not support this quality of service.
    public static let qosNotSupported = MQTTReasonCode(rawValue: 0x9B)
    /// The client should use another server for now.
    public static let useAnotherServer = MQTTReasonCode(rawValue: 0x9C)
    /// The client should use another server from now on.
    public static let serverMoved = MQTTReasonCode(rawValue: 0x9D)
    /// The server has no shared subscriptions.
    public static let sharedSubscriptionsNotSupported = MQTTReasonCode(rawValue: 0x9E)
    /// The client connects too often.
    public static let connectionRateExceeded = MQTTReasonCode(rawValue: 0x9F)
    /// The connection has lasted as long as it may.
    public static let maximumConnectTime = MQTTReasonCode(rawValue: 0xA0)
    /// The server has no subscription identifiers.
    public static let subscriptionIdentifiersNotSupported = MQTTReasonCode(rawValue: 0xA1)
    /// The server has no wildcard subscriptions.
    public static let wildcardSubscriptionsNotSupported = MQTTReasonCode(rawValue: 0xA2)
}

extension MQTTReasonCode: CustomStringConvertible {
    /// The byte in hexadecimal, as the specification writes it.
    public var description: String {
        let digits = String(self.rawValue, radix: 16, uppercase: true)
        return "0x" + (digits.utf8.count < 2 ? "0" : "") + digits
    }
}
