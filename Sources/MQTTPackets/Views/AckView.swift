/// A PUBACK, PUBREC, PUBREL or PUBCOMP where it lies, for the broker's hot path (MQTT 5.0 §3.4 to §3.7).
package struct AckView: Sendable, Equatable {
    /// The identifier of the message that it answers; never 0.
    package var packetIdentifier: UInt16
    /// What came of it; always success in 3.1.1.
    package var reasonCode: ReasonCode

    /// Looks at a whole acknowledgement and checks everything.
    ///
    /// - Parameters:
    ///   - bytes: What was received.
    ///   - offset: Where the packet begins.
    ///   - header: Its fixed header, as read at `offset`.
    ///   - version: The version of the connection.
    ///   - limits: The limits of the receiver.
    /// - Returns: What it says.
    /// - Throws: 0x81 for bytes that are no such packet, 0x82 for a packet identifier of 0, a reason code that this packet
    ///   may not carry or a single property that comes twice, 0x97 for too many user properties.
    package static func parse(
        _ bytes: Span<UInt8>,
        packetAt offset: Int,
        header: FixedHeader,
        version: ProtocolVersion,
        limits: PacketLimits = .default
    ) throws(PacketError) -> AckView {
        let position = offset &+ header.headerLength
        let end = position &+ header.remainingLength
        guard end <= bytes.count, header.remainingLength >= 2 else {
            throw PacketError.malformed("\(header.type): it ends before the end of its packet identifier")
        }
        let identifier = UInt16(bytes[position]) &<< 8 | UInt16(bytes[position &+ 1])
        if identifier == 0 { throw PacketError.violation("\(header.type): packet identifier 0") }
        if header.remainingLength == 2 {
            guard header.type.isAcknowledgement else {
                throw PacketError.malformed("\(header.type): no acknowledgement of a message")
            }
            return AckView(packetIdentifier: identifier, reasonCode: .success)
        }
        return try parseLong(bytes, position &+ 2, end, identifier, header.type, version, limits)
    }

    // Kept out of line: the usual acknowledgement is two bytes and never comes here.
    @inline(never)
    private static func parseLong(
        _ bytes: Span<UInt8>,
        _ position: Int,
        _ end: Int,
        _ identifier: UInt16,
        _ type: PacketType,
        _ version: ProtocolVersion,
        _ limits: PacketLimits
    ) throws(PacketError) -> AckView {
        if version == .v3_1_1 { throw PacketError.malformed("\(type): bytes after its end") }
        guard type.isAcknowledgement else { throw PacketError.malformed("\(type): no acknowledgement of a message") }
        let code = ReasonCode(rawValue: bytes[position])
        guard code.isAllowed(in: type) else { throw PacketError.violation("\(type): reason code \(code)") }
        if end &- position > 1 {
            var cursor = try PropertyCursor(bytes, at: position &+ 1, packetEnd: end, type: type)
            while !cursor.isAtEnd {
                let property = try cursor.identifier(bytes, limits: limits)
                switch property {
                case .reasonString:
                    _ = try cursor.text(bytes, property)
                case .userProperty:
                    _ = try cursor.text(bytes, property)
                    _ = try cursor.text(bytes, property)
                default:
                    throw PacketError.malformed("\(type): a \(property) has no place here")
                }
            }
            if cursor.end != end { throw PacketError.malformed("\(type): bytes after its end") }
        }
        return AckView(packetIdentifier: identifier, reasonCode: code)
    }
}

extension PacketType {
    /// Whether it is one of the four that answer a message.
    fileprivate var isAcknowledgement: Bool {
        rawValue >= PacketType.puback.rawValue && rawValue <= PacketType.pubcomp.rawValue
    }
}
