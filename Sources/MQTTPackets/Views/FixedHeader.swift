/// The first bytes of every packet: its type, its flags and its length (MQTT 5.0 §2.1).
package struct FixedHeader: Sendable, Equatable {
    /// The first byte: the type above, four flags below.
    package var first: UInt8
    /// What packet it is.
    package var type: PacketType
    /// Bytes of this header: 2 to 5.
    package var headerLength: Int
    /// Bytes that follow this header.
    package var remainingLength: Int

    /// Bytes of the whole packet.
    package var packetLength: Int { headerLength &+ remainingLength }

    /// The lower half of the first byte.
    package var flags: UInt8 { first & 0x0F }

    /// Reads a header where it lies; the rest of the packet may still be on its way.
    ///
    /// A length that is written with more bytes than it needs is accepted.
    ///
    /// - Parameters:
    ///   - bytes: What was received.
    ///   - offset: Where the packet begins.
    ///   - limits: The limits of the receiver.
    /// - Returns: Nil if there are not enough bytes for the header itself.
    /// - Throws: 0x81 for type 0, wrong flags or a fifth length byte, 0x95 for a packet above the limit: as soon as the
    ///   bytes that show it are there.
    package static func parse(
        _ bytes: Span<UInt8>,
        from offset: Int,
        limits: PacketLimits
    ) throws(PacketError) -> FixedHeader? {
        guard offset < bytes.count else { return nil }
        let first = bytes[offset]
        guard let type = PacketType(rawValue: first >> 4) else {
            throw PacketError.malformed("packet type 0 is reserved")
        }
        try checkFlags(first, type)
        var length = 0
        var position = offset &+ 1
        repeat {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            length |= Int(byte & 0x7F) &<< (7 &* (position &- offset &- 1))
            position &+= 1
            if byte < 0x80 {
                let header = FixedHeader(
                    first: first,
                    type: type,
                    headerLength: position &- offset,
                    remainingLength: length
                )
                try header.checkSize(limits)
                return header
            }
        } while position &- offset < 5
        throw PacketError.malformed("\(type): the remaining length has more than four bytes")
    }

    @inline(__always)
    private static func checkFlags(_ first: UInt8, _ type: PacketType) throws(PacketError) {
        let flags = first & 0x0F
        if type == .publish {
            // 0b0110 is quality of service 3; 0b1000 with quality of service 0 says "again" of what is never sent again.
            if flags & 0b0110 == 0b0110 { throw PacketError.malformed("PUBLISH: quality of service 3") }
            if flags & 0b1110 == 0b1000 { throw PacketError.malformed("PUBLISH: DUP with quality of service 0") }
            return
        }
        let expected: UInt8 = type == .pubrel || type == .subscribe || type == .unsubscribe ? 0b0010 : 0
        if flags != expected { throw PacketError.malformed("\(type): reserved flags in the fixed header") }
    }

    @inline(__always)
    private func checkSize(_ limits: PacketLimits) throws(PacketError) {
        let most =
            type == .connect ? min(limits.maximumConnectSize, limits.maximumPacketSize) : limits.maximumPacketSize
        if packetLength > most {
            throw PacketError(
                reasonCode: .packetTooLarge,
                message: "\(type): \(packetLength) bytes, where \(most) are allowed"
            )
        }
    }
}
