import BrokerEngine
import MQTTPackets

/// What clients may use of a broker, each with what happens past it.
public struct BrokerLimits: Sendable {
    /// Bytes of one packet, the largest a client may send; past it the client is disconnected with 0x95.
    public var maximumPacketSize = 1_114_112
    /// Network connections at one time; past it a new one is closed.
    public var connections = 100_000
    /// Sessions, connected or not; past it CONNACK 0x97.
    public var sessions = 1_000_000
    /// Subscriptions of one session; past it SUBACK 0x97.
    public var subscriptionsPerSession = 20_000
    /// Bytes of the filters of one session, each level counted as 128 more; past it SUBACK 0x97.
    public var subscriptionBytesPerSession = 16 << 20
    /// Retained messages sent for the filters of one SUBSCRIBE; past it SUBACK 0x97 for those that are left.
    public var retainedPerSubscribe = 1_000_000
    /// Messages that wait for one session; past it new ones are not queued for that session, and refused with 0x97 where nobody else gets them.
    public var queuedMessagesPerSession = 4_000_000
    /// Bytes that wait for one session; past it as for ``queuedMessagesPerSession``.
    public var queuedBytesPerSession = 1 << 30
    /// Messages that wait for one shared group; past it their publishers are told 0x97.
    public var queuedMessagesPerGroup = 4_000_000
    /// Bytes that wait for one shared group; past it their publishers are told 0x97.
    public var queuedBytesPerGroup = 1 << 30
    /// Bytes of all messages kept; past it new ones are refused with 0x97.
    public var storedBytes = 4 << 30
    /// Retained messages; past it a new retained topic is refused with 0x97.
    public var retainedMessages = 2_000_000
    /// The Receive Maximum told to clients: their QoS 1 messages without a PUBACK; past it 0x93.
    public var receiveMaximum: UInt16 = 2_048
    /// QoS 1 messages in flight to a client that names no smaller Receive Maximum; the rest waits.
    public var inflightPerSession = 32_767
    /// Packets a second from one client, acknowledgements not counted; past it that client is not read from until it may go on (0: no bound).
    public var messagesPerSecond = 0
    /// Such packets that may come at once after a rest; 0 for as many as a second brings.
    public var messageBurst = 0
    /// Bytes a second from one client; past it as for ``messagesPerSecond`` (0: no bound).
    public var bytesPerSecond = 0
    /// Bytes that may come at once after a rest; 0 for as many as a second brings.
    public var byteBurst = 0
    /// Whether a client past its rate is disconnected with 0x96 instead.
    public var disconnectsOverRate = false
    /// Connections a second that are taken in all; past it a new one is closed at once (0: no bound).
    public var connectsPerSecond = 0
    /// Connections a second from one address (of IPv6: one /64); past it a new one from there is closed at once (0: no bound).
    public var connectsPerSecondPerAddress = 0
    /// Connections of one address (of IPv6: one /64) at one time; past it a new one from there is closed at once (0: no bound).
    public var connectionsPerAddress = 0
    /// Sessions of one user name; past it CONNACK 0x97 (0: no bound).
    public var sessionsPerUser = 0
    /// How long a client may leave untaken what was written for it before it is disconnected with 0x97 (zero: for ever).
    public var slowReaderDeadline = Duration.seconds(120)
    /// How long a connection may stay without CONNECT before it is closed.
    public var connectDeadline = Duration.seconds(10)
    /// User properties of one packet, and of one will; past it 0x97.
    public var userProperties = 128
    /// Levels of a topic or filter; past it 0x90 or 0x8F.
    public var topicLevels = 200
    /// Filters of one SUBSCRIBE or UNSUBSCRIBE; past it 0x97.
    public var filtersPerSubscribe = 1_024
    /// How long the session of a 3.1.1 client without clean session outlives its connection.
    public var defaultSessionExpiry = Duration.seconds(86_400)
    /// The longest session expiry granted; a longer wish is answered with this one.
    public var maximumSessionExpiry = Duration.seconds(7 * 86_400)
    /// Keys of the state store; past it a SET of a new one is refused with `the quota has been exceeded`, a commit with `quota`.
    public var stateKeys = 10_000_000
    /// Bytes of all keys and values of the state store; past it as for ``stateKeys``.
    public var stateBytes = 1 << 30
    /// Bytes of one key of the state store, at most 65,535; past it as for ``stateKeys``.
    public var stateKeyBytes = 32_000
    /// Bytes of one value of the state store; past it as for ``stateKeys``.
    public var stateValueBytes = 1 << 20
    /// The longest time by which RETRY may put a delivery off; a longer one is refused with `invalid`.
    public var retryDelay = Duration.seconds(7 * 86_400)
    /// Free bytes on the journal's disk below which new durable messages are refused with 0x97.
    public var journalReserveBytes = 32 << 20

    /// The defaults.
    public init() {}

    var engine: EngineLimits {
        var limits = EngineLimits()
        limits.packet.maximumPacketSize = maximumPacketSize
        limits.connections = connections
        limits.sessions = sessions
        limits.subscriptionsPerSession = subscriptionsPerSession
        limits.queuedMessagesPerSession = queuedMessagesPerSession
        limits.queuedBytesPerSession = queuedBytesPerSession
        limits.queuedMessagesPerGroup = queuedMessagesPerGroup
        limits.queuedBytesPerGroup = queuedBytesPerGroup
        limits.storedBytes = storedBytes
        limits.retainedMessages = retainedMessages
        limits.stateKeys = stateKeys
        limits.stateBytes = stateBytes
        limits.stateKeyBytes = stateKeyBytes
        limits.stateValueBytes = stateValueBytes
        limits.receiveMaximum = receiveMaximum
        limits.inflightPerSession = inflightPerSession
        limits.sessionsPerUser = sessionsPerUser
        limits.subscriptionBytesPerSession = subscriptionBytesPerSession
        limits.retainedPerSubscribe = retainedPerSubscribe
        limits.messageRate = Self.rate(messagesPerSecond, messageBurst)
        limits.byteRate = Self.rate(bytesPerSecond, byteBurst)
        limits.disconnectsOverRate = disconnectsOverRate
        limits.slowReaderDeadline = UInt32(clamping: slowReaderDeadline.components.seconds)
        limits.connectDeadline = UInt32(clamping: connectDeadline.components.seconds)
        limits.packet.maximumUserProperties = userProperties
        limits.packet.maximumTopicLevels = topicLevels
        limits.packet.maximumFiltersPerSubscribe = filtersPerSubscribe
        limits.maximumRetryDelay = Int64(clamping: retryDelay.components.seconds) &* 1_000
        limits.defaultSessionExpiry = UInt32(clamping: defaultSessionExpiry.components.seconds)
        limits.maximumSessionExpiry = UInt32(clamping: maximumSessionExpiry.components.seconds)
        return limits
    }

    var connection: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.rate = Self.rate(connectsPerSecond, 0)
        limits.ratePerNetwork = Self.rate(connectsPerSecondPerAddress, 0)
        limits.perNetwork = connectionsPerAddress
        return limits
    }

    private static func rate(_ perSecond: Int, _ burst: Int) -> RateLimit {
        RateLimit(perSecond: perSecond, burst: burst > 0 ? burst : nil)
    }
}
