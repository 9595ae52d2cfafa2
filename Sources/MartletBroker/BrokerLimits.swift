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
        limits.maximumRetryDelay = Int64(clamping: retryDelay.components.seconds) &* 1_000
        limits.defaultSessionExpiry = UInt32(clamping: defaultSessionExpiry.components.seconds)
        limits.maximumSessionExpiry = UInt32(clamping: maximumSessionExpiry.components.seconds)
        return limits
    }
}
