import MQTTPackets

/// How large the PUBLISH of one copy is.
struct DeliverySize {
    /// The largest remaining length there is (MQTT 5.0 §2.1.4).
    static let largest = 268_435_455

    /// Bytes of the properties, without their length.
    let properties: Int
    /// The remaining length.
    let remaining: Int

    /// Bytes of the whole packet.
    var packet: Int { 1 + VariableByteInteger.size(UInt32(clamping: remaining)) + remaining }

    init(
        of slot: MessageSlot,
        qos: UInt8,
        version: ProtocolVersion,
        identifiers: [UInt32],
        facts: DeliveryFacts? = nil,
        alias: OutgoingAliases.Choice = .none
    ) {
        var head = slot.identifierOffset + (qos == 0 ? 0 : 2)
        if case .use = alias { head -= Int(slot.topicLength) }
        guard version == .v5 else {
            properties = 0
            remaining = head + slot.payloadLength
            return
        }
        var extra = slot.expiresAt != .max ? 5 : 0
        if alias.alias != nil { extra += 3 }
        if let facts { extra += facts.count }
        for identifier in identifiers { extra += 1 + VariableByteInteger.size(identifier) }
        properties = Int(slot.propertiesLength) + extra
        remaining = head + VariableByteInteger.size(UInt32(clamping: properties)) + properties + slot.payloadLength
    }
}
