/// What the server said when it took the connection (MQTT 5.0 §3.2).
public struct MQTTConnectionInformation: Sendable, Hashable {
    /// Whether the server resumed a session that it had kept.
    public var sessionPresent: Bool
    /// The identifier in use: the configured one, or the one that the server gave.
    public var clientIdentifier: String
    /// How long the server keeps the session after the connection ends.
    public var sessionExpiry: Duration
    /// The keep-alive interval in force; zero means none.
    public var keepAlive: Duration
    /// How many unacknowledged QoS 1 messages the server takes at once.
    public var receiveMaximum: Int
    /// The strongest quality of service that the server takes.
    public var maximumQoS: MQTTQoS
    /// The largest packet that the server takes, in bytes; `nil` if it named none.
    public var maximumPacketSize: Int?
    /// Whether the server keeps retained messages.
    public var retainAvailable: Bool
    /// Whether filters may hold wildcards.
    public var wildcardSubscriptionsAvailable: Bool
    /// Whether a subscription may carry an identifier.
    public var subscriptionIdentifiersAvailable: Bool
    /// Whether `$share/…` works.
    public var sharedSubscriptionsAvailable: Bool
    /// The server's user properties.
    public var userProperties: [MQTTUserProperty]
}
