import MQTTPackets

extension PacketLimits {
    /// What a client takes in a packet, its size aside.
    ///
    /// The server has its own limits; a packet that it took and this client refused would come again for ever. So these are
    /// far above what servers allow.
    static let ofClient = PacketLimits(
        maximumPacketSize: 268_435_460,
        maximumUserProperties: 65_535,
        maximumSubscriptionIdentifiers: 65_535,
        maximumTopicLength: 65_535,
        maximumTopicLevels: 65_536,
        maximumFiltersPerSubscribe: 65_535
    )
}
