package import MQTTPackets

/// Bytes and what has to come of them.
package struct PacketCase: Sendable, CustomStringConvertible {
    /// What has to come of bytes.
    package enum Expected: Sendable {
        /// This packet.
        case packet(Packet)
        /// An error with this reason code.
        case error(ReasonCode)
        /// Nothing yet: the packet is not whole.
        case incomplete
    }

    /// What the case shows; unique.
    package let name: String
    /// The version of the connection; for CONNECT the version that it names, or ought to.
    package let version: ProtocolVersion
    /// Which way the bytes go.
    package let direction: PacketDirection
    /// The bytes.
    package let bytes: [UInt8]
    /// What has to come of them.
    package let expected: Expected
    /// Whether the encoder makes the same bytes of the packet.
    package let roundTrips: Bool

    /// The name, which is what a test shows.
    package var description: String { name }

    /// The packet that has to come, if one has to.
    package var packet: Packet? {
        if case .packet(let packet) = expected { packet } else { nil }
    }

    /// The reason code that has to come, if an error has to.
    package var reasonCode: ReasonCode? {
        if case .error(let code) = expected { code } else { nil }
    }

    /// The type that the first byte names.
    package var type: PacketType? {
        bytes.first.flatMap { PacketType(rawValue: $0 >> 4) }
    }

    /// A decoder for it, as a connection would have it: CONNECT comes before the version is known.
    package var decoder: PacketDecoder {
        PacketDecoder(version: type == .connect ? nil : version, direction: direction)
    }
}

extension PacketCase {
    /// Bytes that are a packet.
    static func good(
        _ name: String,
        _ version: ProtocolVersion,
        _ direction: PacketDirection,
        _ notation: String,
        _ packet: Packet,
        roundTrips: Bool = true
    ) -> PacketCase {
        PacketCase(
            name: name,
            version: version,
            direction: direction,
            bytes: PacketNotation.bytes(notation),
            expected: .packet(packet),
            roundTrips: roundTrips
        )
    }

    /// Bytes that are refused.
    static func bad(
        _ name: String,
        _ version: ProtocolVersion,
        _ direction: PacketDirection,
        _ notation: String,
        _ code: ReasonCode
    ) -> PacketCase {
        PacketCase(
            name: name,
            version: version,
            direction: direction,
            bytes: PacketNotation.bytes(notation),
            expected: .error(code),
            roundTrips: false
        )
    }

    /// Bytes that are the beginning of something.
    static func half(
        _ name: String,
        _ version: ProtocolVersion,
        _ direction: PacketDirection,
        _ notation: String
    ) -> PacketCase {
        PacketCase(
            name: name,
            version: version,
            direction: direction,
            bytes: PacketNotation.bytes(notation),
            expected: .incomplete,
            roundTrips: false
        )
    }
}
