public import NIOCore

/// Everything that an ``MQTTClient`` can be told before it runs.
public struct MQTTClientConfiguration: Sendable {
    /// Where the server is.
    public var endpoint: MQTTEndpoint
    /// The name of the session; empty to let the server choose one.
    public var clientIdentifier: String
    /// Whether the first connection throws away a session that the server kept; later ones never do.
    public var cleanStart: Bool = false
    /// How long the server keeps the session while the client is away; zero ends it with the connection.
    public var sessionExpiry: Duration = .seconds(86_400)
    /// The longest silence before the client shows that it is alive; zero for none, at most 65,535 s.
    public var keepAlive: Duration = .seconds(60)
    /// How long the server may take to answer a ping before the connection counts as dead.
    public var pingTimeout: Duration = .seconds(10)
    /// How many unacknowledged messages of QoS 1 and 2 this process holds at once (MQTT 5.0 §3.1.2.11.3); 1 to 65,535.
    public var receiveMaximum: Int = 64
    /// How many messages past ``receiveMaximum`` are borne with before the connection is ended for it (reason 0x93).
    ///
    /// A server may send none, but mosquitto 2.0.11, for one, now and then does. With too small an allowance the client
    /// would lose its connection to such a server again and again, for it sends them again on the next. So by default
    /// only packet identifiers and ``receiveMaximumAllowanceBytes`` limit it. Each connection on which it happens is
    /// logged, and the messages are counted.
    public var receiveMaximumAllowance: Int = 65_535
    /// How many bytes the messages past ``receiveMaximum`` may have together, each counted with 512 bytes of its own.
    public var receiveMaximumAllowanceBytes: Int = 128 * 1_024 * 1_024
    /// How many QoS 0 messages wait for the consumer at once; later ones are dropped and counted.
    public var maximumWaitingQoS0: Int = 1_024
    /// The largest packet that the client takes, in bytes.
    public var maximumPacketSize: Int = 16 * 1_024 * 1_024
    /// The user name to authenticate with.
    public var username: String?
    /// The password to authenticate with.
    public var password: ByteBuffer?
    /// How the client proves who it is beyond user name and password; `nil` for no more than these.
    public var authentication: MQTTAuthentication?
    /// How many topics the server may give numbers, to send these instead (MQTT 5.0 §3.1.2.11.5); 0 to 65,535.
    public var topicAliasMaximum: Int = 0
    /// How many topics the client gives numbers on a connection, where the server takes as many; 0 to 65,535.
    public var maximumTopicAliases: Int = 0
    /// The message that the server publishes if the client goes away without saying so.
    public var will: MQTTWill?
    /// User properties of the CONNECT packet.
    public var userProperties: [MQTTUserProperty] = []
    /// How long a connection may take to be made and confirmed by the server.
    public var connectTimeout: Duration = .seconds(10)
    /// How long the client waits for the server to close the connection after it said good-bye.
    public var closeTimeout: Duration = .seconds(2)
    /// How long a subscribe or unsubscribe may take, time without a connection included.
    public var requestTimeout: Duration = .seconds(30)
    /// How long the client waits between attempts to connect.
    public var backoff: MQTTBackoff = MQTTBackoff()
    /// Whether the client keeps trying when the first connection of all can not be made.
    public var retriesFirstConnection: Bool = true
    /// What the client does when the server lost its session.
    public var onSessionLost: MQTTSessionLossPolicy = .resubscribe
    /// Whether shared subscriptions are asked for again when a session is resumed.
    ///
    /// By the standard the session has them still. Mosquitto 2.0.11, for one, says that it has the session and has
    /// forgotten the shared subscriptions of it, once it was restarted. Asking again changes nothing where they are
    /// there, and sends no retained messages (MQTT 5.0 §4.8.2).
    public var renewsSharedSubscriptions: Bool = true
    /// How many topic filters may be subscribed at once.
    public var maximumSubscriptions: Int = 10_000
    /// How much may wait to be sent or acknowledged.
    public var queueLimits: MQTTQueueLimits = MQTTQueueLimits()
    /// The topic on which answers to requests come; `nil` for `clients/CLIENTIDENTIFIER/responses`.
    public var responseTopic: String?
    /// With which quality of service answers come.
    ///
    /// Answers at QoS 1 and 2 count against ``receiveMaximum``: if all of it is held by handlers that each wait for an
    /// answer, none can come. At QoS 0 this cannot happen; an answer lost with its connection ends in a time-out.
    public var responseQoS: MQTTQoS = .atMostOnce
    /// How many requests may wait for an answer at once.
    public var maximumPendingRequests: Int = 10_000
    /// The clock by which the client waits and measures.
    public var clock: any Clock<Duration> = ContinuousClock()
    /// Where random numbers come from: for the backoff's jitter and for correlation data.
    public var randomness: @Sendable () -> UInt64 = {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
    /// The event loops to choose from; `nil` for the process's own.
    public var eventLoopGroup: (any EventLoopGroup)?

    /// Makes a configuration with a default for everything else.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server is.
    ///   - clientIdentifier: The name of the session; empty to let the server choose one.
    public init(endpoint: MQTTEndpoint, clientIdentifier: String) {
        self.endpoint = endpoint
        self.clientIdentifier = clientIdentifier
    }
}
