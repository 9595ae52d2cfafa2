/// What came of an operation: below 0x80 it succeeded, from 0x80 on it failed (MQTT 5.0 §2.4).
package struct ReasonCode: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire.
    package var rawValue: UInt8

    /// Makes a reason code of any byte; which of them a packet may carry is checked where the packet is decoded.
    ///
    /// - Parameter rawValue: The byte on the wire.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Whether it says that the operation failed.
    package var isError: Bool { rawValue >= 0x80 }

    /// Success; also normal disconnection and granted quality of service 0.
    package static let success = ReasonCode(rawValue: 0x00)

    /// The connection is closed and the will is not to be published.
    package static let normalDisconnection = ReasonCode(rawValue: 0x00)

    /// The subscription is accepted with quality of service 0 at most.
    package static let grantedQoS0 = ReasonCode(rawValue: 0x00)

    /// The subscription is accepted with quality of service 1 at most.
    package static let grantedQoS1 = ReasonCode(rawValue: 0x01)

    /// The subscription is accepted with quality of service 2 at most.
    package static let grantedQoS2 = ReasonCode(rawValue: 0x02)

    /// The client goes, and its will is to be published.
    package static let disconnectWithWill = ReasonCode(rawValue: 0x04)

    /// The message is accepted, and nobody subscribed to it.
    package static let noMatchingSubscribers = ReasonCode(rawValue: 0x10)

    /// There was no such subscription to end.
    package static let noSubscriptionExisted = ReasonCode(rawValue: 0x11)

    /// Another step of authentication follows.
    package static let continueAuthentication = ReasonCode(rawValue: 0x18)

    /// The client asks to authenticate again.
    package static let reauthenticate = ReasonCode(rawValue: 0x19)

    /// An error whose reason the sender keeps, or for which there is no other code.
    package static let unspecifiedError = ReasonCode(rawValue: 0x80)

    /// The packet could not be parsed.
    package static let malformedPacket = ReasonCode(rawValue: 0x81)

    /// The packet parses, and does what the protocol forbids.
    package static let protocolError = ReasonCode(rawValue: 0x82)

    /// The packet is valid, and the receiver does not accept it.
    package static let implementationSpecificError = ReasonCode(rawValue: 0x83)

    /// The receiver does not speak the version that CONNECT names.
    package static let unsupportedProtocolVersion = ReasonCode(rawValue: 0x84)

    /// The client identifier is not allowed.
    package static let clientIdentifierNotValid = ReasonCode(rawValue: 0x85)

    /// The user name or password is not accepted.
    package static let badUserNameOrPassword = ReasonCode(rawValue: 0x86)

    /// The sender may not do this.
    package static let notAuthorized = ReasonCode(rawValue: 0x87)

    /// The server is not available.
    package static let serverUnavailable = ReasonCode(rawValue: 0x88)

    /// The server is busy; try again later.
    package static let serverBusy = ReasonCode(rawValue: 0x89)

    /// The client is banned.
    package static let banned = ReasonCode(rawValue: 0x8A)

    /// The server is being stopped.
    package static let serverShuttingDown = ReasonCode(rawValue: 0x8B)

    /// The authentication method is not supported, or is not the one in use.
    package static let badAuthenticationMethod = ReasonCode(rawValue: 0x8C)

    /// Nothing came for one and a half times the keep-alive.
    package static let keepAliveTimeout = ReasonCode(rawValue: 0x8D)

    /// Another connection took the session.
    package static let sessionTakenOver = ReasonCode(rawValue: 0x8E)

    /// The topic filter is not accepted.
    package static let topicFilterInvalid = ReasonCode(rawValue: 0x8F)

    /// The topic name is not accepted.
    package static let topicNameInvalid = ReasonCode(rawValue: 0x90)

    /// The packet identifier is already in use.
    package static let packetIdentifierInUse = ReasonCode(rawValue: 0x91)

    /// The packet identifier is not known.
    package static let packetIdentifierNotFound = ReasonCode(rawValue: 0x92)

    /// More unacknowledged messages were sent than the receiver allowed.
    package static let receiveMaximumExceeded = ReasonCode(rawValue: 0x93)

    /// The topic alias is 0, or above what the receiver allowed.
    package static let topicAliasInvalid = ReasonCode(rawValue: 0x94)

    /// The packet is larger than the receiver allowed.
    package static let packetTooLarge = ReasonCode(rawValue: 0x95)

    /// Messages come too fast.
    package static let messageRateTooHigh = ReasonCode(rawValue: 0x96)

    /// A limit of the implementation or of the administrator was reached.
    package static let quotaExceeded = ReasonCode(rawValue: 0x97)

    /// The connection is closed by an administrator.
    package static let administrativeAction = ReasonCode(rawValue: 0x98)

    /// The payload is not what its format indicator says.
    package static let payloadFormatInvalid = ReasonCode(rawValue: 0x99)

    /// The server keeps no retained messages.
    package static let retainNotSupported = ReasonCode(rawValue: 0x9A)

    /// The quality of service is above what the server supports.
    package static let qosNotSupported = ReasonCode(rawValue: 0x9B)

    /// The client should use another server for now.
    package static let useAnotherServer = ReasonCode(rawValue: 0x9C)

    /// The client should use another server from now on.
    package static let serverMoved = ReasonCode(rawValue: 0x9D)

    /// The server does not support shared subscriptions.
    package static let sharedSubscriptionsNotSupported = ReasonCode(rawValue: 0x9E)

    /// Connections come too fast.
    package static let connectionRateExceeded = ReasonCode(rawValue: 0x9F)

    /// The connection was open for as long as it may be.
    package static let maximumConnectTime = ReasonCode(rawValue: 0xA0)

    /// The server does not support subscription identifiers.
    package static let subscriptionIdentifiersNotSupported = ReasonCode(rawValue: 0xA1)

    /// The server does not support wildcards in subscriptions.
    package static let wildcardSubscriptionsNotSupported = ReasonCode(rawValue: 0xA2)
}
