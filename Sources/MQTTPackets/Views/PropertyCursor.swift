/// Walks over a property section where it lies and checks what every property is checked for, without allocation.
///
/// It holds no bytes, only places: the span is handed to each call.
struct PropertyCursor {
    /// Where the next property begins.
    var position: Int
    /// Where the section ends.
    let end: Int
    /// What packet this is, for messages.
    let type: PacketType
    /// Which single properties were seen, one bit an identifier.
    private var seen: UInt64 = 0
    /// How many user properties were seen.
    private var userProperties = 0

    /// Reads the length of the section and stands before its first property.
    ///
    /// - Parameters:
    ///   - bytes: Where the packet lies.
    ///   - position: Where the length of the section stands.
    ///   - packetEnd: Where the packet ends.
    ///   - type: What packet it is.
    /// - Throws: 0x81 if the length is none or reaches over the end of the packet.
    init(_ bytes: Span<UInt8>, at position: Int, packetEnd: Int, type: PacketType) throws(PacketError) {
        self.position = position
        var place = position
        var length = 0
        repeat {
            guard place < packetEnd else { throw Self.cut(type, "the property length") }
            let byte = bytes[place]
            length |= Int(byte & 0x7F) &<< (7 &* (place &- position))
            place &+= 1
            if byte < 0x80 {
                guard length <= packetEnd &- place else { throw Self.cut(type, "its properties") }
                self.position = place
                self.end = place &+ length
                self.type = type
                return
            }
        } while place &- position < 4
        throw PacketError.malformed("\(type): the property length has more than four bytes")
    }

    /// Whether there are more properties.
    var isAtEnd: Bool { position >= end }

    /// Reads the identifier of the next property and checks that it may stand here.
    ///
    /// - Parameters:
    ///   - bytes: Where the packet lies.
    ///   - limits: The limits of the receiver.
    /// - Returns: The identifier; its value comes next.
    /// - Throws: 0x81 for an unknown one, 0x82 for a second one of what may stand once, 0x97 past the limit.
    mutating func identifier(_ bytes: Span<UInt8>, limits: PacketLimits) throws(PacketError) -> PropertyIdentifier {
        let byte = bytes[position]
        guard let identifier = PropertyIdentifier(rawValue: byte) else {
            throw PacketError.malformed("\(type): unknown property \(byte)")
        }
        position &+= 1
        if identifier == .userProperty {
            userProperties &+= 1
            if userProperties > limits.maximumUserProperties {
                throw PacketError(
                    reasonCode: .quotaExceeded,
                    message: "\(type): more than \(limits.maximumUserProperties) user properties"
                )
            }
        } else {
            let bit: UInt64 = 1 &<< UInt64(byte)
            if seen & bit != 0 { throw PacketError.violation("\(type): a second \(identifier)") }
            seen |= bit
        }
        return identifier
    }

    /// Reads a value of one byte.
    mutating func byte(_ bytes: Span<UInt8>, _ field: PropertyIdentifier) throws(PacketError) -> UInt8 {
        guard end &- position >= 1 else { throw Self.cut(type, field.description) }
        position &+= 1
        return bytes[position &- 1]
    }

    /// Reads a value of two bytes.
    mutating func uint16(_ bytes: Span<UInt8>, _ field: PropertyIdentifier) throws(PacketError) -> UInt16 {
        guard end &- position >= 2 else { throw Self.cut(type, field.description) }
        position &+= 2
        return UInt16(bytes[position &- 2]) &<< 8 | UInt16(bytes[position &- 1])
    }

    /// Reads a value of four bytes.
    mutating func uint32(_ bytes: Span<UInt8>, _ field: PropertyIdentifier) throws(PacketError) -> UInt32 {
        let high = try uint16(bytes, field)
        let low = try uint16(bytes, field)
        return UInt32(high) &<< 16 | UInt32(low)
    }

    /// Reads the length of binary data, and steps over it.
    mutating func binary(_ bytes: Span<UInt8>, _ field: PropertyIdentifier) throws(PacketError) -> Range<Int> {
        let length = Int(try uint16(bytes, field))
        guard end &- position >= length else { throw Self.cut(type, field.description) }
        position &+= length
        return position &- length..<position
    }

    /// Reads text, and steps over it.
    mutating func text(_ bytes: Span<UInt8>, _ field: PropertyIdentifier) throws(PacketError) -> Range<Int> {
        let range = try binary(bytes, field)
        guard UTF8Text.isWellFormed(bytes, in: range) else {
            throw PacketError.malformed("\(type): the \(field) is not well-formed UTF-8, or holds U+0000")
        }
        return range
    }

    @inline(never)
    private static func cut(_ type: PacketType, _ field: String) -> PacketError {
        PacketError.malformed("\(type): it ends before the end of \(field)")
    }
}
