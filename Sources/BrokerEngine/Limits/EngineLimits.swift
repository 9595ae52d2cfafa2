package import MQTTPackets

/// Every bound of the engine: what a peer can make grow, how far, each with its default in this one place.
///
/// What happens past a limit stands at each of them. None is per process where one client could use up what belongs to all.
package struct EngineLimits: Sendable {
    /// What one packet may hold; past it the codec's reason code (0x95, 0x81, …) ends the connection.
    package var packet = PacketLimits.default
    /// Network connections at one time; past it a new one is closed before CONNECT.
    package var connections = 100_000
    /// Sessions, connected or not; past it CONNACK 0x97 (quota exceeded).
    package var sessions = 1_000_000
    /// Subscriptions of one session; past it the SUBACK says 0x97 for that filter.
    package var subscriptionsPerSession = 20_000
    /// Bytes of the filters of one session, each level counted as 128 more; past it the SUBACK says 0x97 for that filter.
    package var subscriptionBytesPerSession = 16 << 20
    /// Retained messages sent for the filters of one SUBSCRIBE; past it the SUBACK says 0x97 for the filters that are left.
    package var retainedPerSubscribe = 1_000_000
    /// Subscriptions of all sessions; past it the SUBACK says 0x97.
    package var subscriptions = 5_000_000
    /// Messages that wait for one session; past it a new one is not queued for that session (and refused with 0x97 where it has no other receiver).
    package var queuedMessagesPerSession = 4_000_000
    /// Bytes that wait for one session; past it as for ``queuedMessagesPerSession``.
    package var queuedBytesPerSession = 1 << 30
    /// Messages that wait for one shared group; past it the publisher is told 0x97.
    package var queuedMessagesPerGroup = 4_000_000
    /// Bytes that wait for one shared group; past it the publisher is told 0x97.
    package var queuedBytesPerGroup = 1 << 30
    /// Bytes of all messages the engine keeps; past it every new message of QoS 1 and 2 is refused with 0x97 and QoS 0 is dropped.
    package var storedBytes = 4 << 30
    /// Retained messages; past it a new retained topic is refused with 0x97.
    package var retainedMessages = 2_000_000
    /// Messages of QoS 1 and 2 in flight to one client that names no smaller Receive Maximum.
    package var inflightPerSession = 32_767
    /// The Receive Maximum told to clients; a client beyond it is disconnected with 0x93 (MQTT 5.0 §3.3.4).
    package var receiveMaximum: UInt16 = 2_048
    /// The Topic Alias Maximum told to clients; an alias above it is refused with 0x94 (§3.3.2.3.4), and with 0 every alias.
    package var topicAliases: UInt16 = 32
    /// Bytes of the topics that one client gave aliases; past it the connection is closed with 0x97.
    package var topicAliasBytes = 64 << 10
    /// Topic aliases that the broker gives on one connection, where the client takes as many.
    package var outgoingTopicAliases: UInt16 = 32
    /// Bytes of the shortest topic that gets one: the alias itself has three.
    package var shortestAliasedTopic = 4
    /// Bytes written for one connection that its socket has not taken; past it nothing more is sent (QoS 0 is dropped) until it drains.
    package var outputBytesPerConnection = 1 << 20
    /// Emptied output buffers kept for the next turn; more are freed.
    package var spareOutputs = 128
    /// Larger output buffers than this are freed and not kept.
    package var spareOutputCapacity = 256 << 10
    /// Keys of the state store; past it a write is refused (`the quota has been exceeded`, in a commit `quota`).
    package var stateKeys = 10_000_000
    /// Bytes of all keys and values of the state store; past it as for ``stateKeys``.
    package var stateBytes = 1 << 30
    /// Bytes of one key; past it as for ``stateKeys``.
    package var stateKeyBytes = 32_000
    /// Bytes of one value; past it as for ``stateKeys``.
    package var stateValueBytes = 1 << 20
    /// Milliseconds a delivery may be put off by RETRY; a longer delay is refused as `invalid`.
    package var maximumRetryDelay: Int64 = 7 * 86_400_000
    /// Bytes of all reasons of RETRYs that are kept; past it a further one is not kept, and its message comes again without it.
    package var attemptHistoryBytes = 16 << 20
    /// Seconds a session lives on without a connection when a 3.1.1 client asks for a persistent one, and the most any client gets.
    package var defaultSessionExpiry: UInt32 = 86_400
    /// The longest session expiry granted, in seconds; a longer wish is answered with this one.
    package var maximumSessionExpiry: UInt32 = 7 * 86_400
    /// Sessions of one user name, connected or not, counted from when each was last connected; past it CONNACK 0x97 (0: no bound).
    package var sessionsPerUser = 0
    /// Packets a second from one client, acknowledgements not counted; past it nothing is read from it until it may go on.
    package var messageRate = RateLimit.none
    /// Bytes a second from one client; past it as for ``messageRate``.
    package var byteRate = RateLimit.none
    /// Nodes of the trees of topics that one read of one client may have looked at; past it the others have their turn first.
    package var workPerRead = 20_000
    /// Whether a client past its rate is disconnected with 0x96 (message rate too high) instead.
    package var disconnectsOverRate = false
    /// Seconds a client may leave what was written for it untaken before it is disconnected with 0x97 (0: for ever).
    package var slowReaderDeadline: UInt32 = 120
    /// Seconds a connection may stay without CONNECT before it is closed.
    package var connectDeadline: UInt32 = 10
    /// Seconds a client may take to prove who it is, those of the authenticator included; past it CONNACK 0x87 or, where the
    /// authenticator is late, 0x88 (server unavailable); for a connected client DISCONNECT with the same.
    package var authenticationDeadline: UInt32 = 30
    /// Connections whose clients are being authenticated at one time; past it CONNACK 0x89 (server busy).
    package var authentications = 10_000
    /// Refusals kept for the audit log between two calls of ``BrokerEngine/takeRefusals()``; more are only counted.
    package var refusals = 256
    /// Bytes of a topic, filter or key told of in the audit log; the rest is cut off.
    package var refusalBytes = 512
    /// Topics a connection remembers that it may publish to; for others the rules are asked.
    package var rememberedTopics = 4
    /// The longest keep-alive in seconds; a client that asks for more, or for none, is told this one (0: any is taken).
    package var maximumKeepAlive: UInt16 = 0
    /// Distinct sets of subscription identifiers in use at one time; past it a delivery carries only the first of its identifiers.
    package var identifierSets = 1_000_000
    /// Message slots looked at for expiry in one tick.
    package var expirySweepPerTick = 8_192
    /// Topics whose receivers are remembered, rounded down to a power of two; others are looked up in the tree.
    package var cachedTopics = 8_192
    /// Shared groups told of in `$SYS`; more are not reported.
    package var reportedGroups = 1_000
    /// Bytes of the name of a shared group told of in `$SYS`; one with a longer name is not reported.
    package var reportedGroupNameLength = 1_024
    /// Places looked at for one page of an inspection, which is all that one query may hold the engine; the rest is behind the cursor.
    package var inspectionSteps = 2_048
    /// What one page of an inspection lists at most.
    package var inspectionItems = 1_000
    /// Members of a shared group that an inspection looks at; of a larger group it tells no utilisation.
    package var inspectedMembers = 10_000
    /// Bytes of a payload that an inspection shows; the rest is cut off.
    package var inspectedPayloadBytes = 64 << 10
    /// Messages that a purge takes away in one turn; the rest follows in later turns.
    package var purgedPerTurn = 4_096
    /// Bytes of old facts copied to the tail of the journal in one turn.
    package var cleaningBytesPerTurn = 128 << 10
    /// Seconds before an old page that could not be read back is tried again.
    package var cleaningRetrySeconds: UInt32 = 60
    /// Journal bytes below which no old page is cleaned.
    package var journalSlack = 16 << 20
    /// Old pages are cleaned when the journal holds more than this many times what is alive in it.
    package var journalAmplification = 3

    package init() {}
}
