/// What one packet may ask of its receiver; everything in a packet that a peer could abuse has its bound here.
///
/// The wire bounds the rest: a string or binary field holds at most 65,535 bytes (MQTT 5.0 §1.5.4), and a property
/// section is part of a packet, so within ``maximumPacketSize``.
package struct PacketLimits: Sendable, Hashable {
    /// Most bytes of a whole packet, fixed header included; past it 0x95.
    ///
    /// It is refused as soon as its header is read, before anything is gathered. Counts like the Maximum Packet Size of
    /// the protocol (§3.1.2.11.4).
    package var maximumPacketSize: Int
    /// Most bytes of a whole CONNECT, which comes from a peer that nobody knows yet; past it 0x95.
    package var maximumConnectSize: Int
    /// Most bytes of a client identifier (§3.1.3.1); past it 0x85.
    package var maximumClientIdentifierLength: Int
    /// Most user properties in one packet, and in one will; past it 0x97.
    package var maximumUserProperties: Int
    /// Most subscription identifiers in one PUBLISH to a client (§3.3.2.3.8); past it 0x97.
    package var maximumSubscriptionIdentifiers: Int
    /// Most bytes of a topic name or of a filter without its share; past it 0x90 or 0x8F.
    package var maximumTopicLength: Int
    /// Most levels of a topic name or of a filter without its share (§4.7.1.1); past it 0x90 or 0x8F.
    package var maximumTopicLevels: Int
    /// Most filters in one SUBSCRIBE or UNSUBSCRIBE, and reason codes in its answer; past it 0x97.
    package var maximumFiltersPerSubscribe: Int

    /// Makes limits; what is left out has the default.
    ///
    /// - Parameters:
    ///   - maximumPacketSize: Most bytes of a whole packet; by default a payload of 1 MiB and 64 KiB beside it.
    ///   - maximumConnectSize: Most bytes of a whole CONNECT.
    ///   - maximumClientIdentifierLength: Most bytes of a client identifier.
    ///   - maximumUserProperties: Most user properties in one packet, and in one will.
    ///   - maximumSubscriptionIdentifiers: Most subscription identifiers in one PUBLISH.
    ///   - maximumTopicLength: Most bytes of a topic name or filter.
    ///   - maximumTopicLevels: Most levels of a topic name or filter.
    ///   - maximumFiltersPerSubscribe: Most filters in one SUBSCRIBE or UNSUBSCRIBE.
    package init(
        maximumPacketSize: Int = 1_048_576 + 65_536,
        maximumConnectSize: Int = 262_144,
        maximumClientIdentifierLength: Int = 4_096,
        maximumUserProperties: Int = 128,
        maximumSubscriptionIdentifiers: Int = 1_024,
        maximumTopicLength: Int = 65_535,
        maximumTopicLevels: Int = 200,
        maximumFiltersPerSubscribe: Int = 1_024
    ) {
        self.maximumPacketSize = maximumPacketSize
        self.maximumConnectSize = maximumConnectSize
        self.maximumClientIdentifierLength = maximumClientIdentifierLength
        self.maximumUserProperties = maximumUserProperties
        self.maximumSubscriptionIdentifiers = maximumSubscriptionIdentifiers
        self.maximumTopicLength = maximumTopicLength
        self.maximumTopicLevels = maximumTopicLevels
        self.maximumFiltersPerSubscribe = maximumFiltersPerSubscribe
    }

    /// The limits of a receiver that sets none.
    package static let `default` = PacketLimits()
}
