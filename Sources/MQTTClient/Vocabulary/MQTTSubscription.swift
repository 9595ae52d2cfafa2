/// One topic filter that a client asks for, and how (MQTT 5.0 §3.8.3).
public struct MQTTSubscription: Sendable, Hashable {
    /// The filter; `$share/GROUP/FILTER` shares it with others of the group.
    public var topicFilter: String
    /// The strongest quality of service that the server may use towards this client.
    public var qos: MQTTQoS
    /// Whether messages that this client published itself are left out.
    public var noLocal: Bool
    /// Whether the retain flag of a message stays as its publisher set it.
    public var retainAsPublished: Bool
    /// When retained messages are sent.
    public var retainHandling: MQTTRetainHandling
    /// A number that comes back with each message that matches the filter; 1 to 268,435,455 (MQTT 5.0 §3.8.2.1.2).
    public var identifier: UInt32?

    /// Makes a subscription.
    ///
    /// - Parameters:
    ///   - topicFilter: The filter; `$share/GROUP/FILTER` shares it with others of the group.
    ///   - qos: The strongest quality of service that the server may use.
    ///   - noLocal: Whether messages that this client published itself are left out; not with `$share`.
    ///   - retainAsPublished: Whether the retain flag of a message stays as its publisher set it.
    ///   - retainHandling: When retained messages are sent.
    ///   - identifier: A number that comes back with each message that matches the filter; 1 to 268,435,455.
    public init(
        _ topicFilter: String,
        qos: MQTTQoS = .atLeastOnce,
        noLocal: Bool = false,
        retainAsPublished: Bool = false,
        retainHandling: MQTTRetainHandling = .sendAtSubscribe,
        identifier: UInt32? = nil
    ) {
        self.topicFilter = topicFilter
        self.qos = qos
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
        self.retainHandling = retainHandling
        self.identifier = identifier
    }

    /// Whether the filter shares its messages with others of a group (MQTT 5.0 §4.8.2).
    var isShared: Bool { self.topicFilter.utf8.starts(with: "$share/".utf8) }
}
