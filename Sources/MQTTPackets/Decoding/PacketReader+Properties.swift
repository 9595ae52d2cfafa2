import NIOCore

extension PacketReader {
    /// Reads a property section, property by property; nothing in 3.1.1, which has none.
    ///
    /// - Parameters:
    ///   - section: What the section is called in messages.
    ///   - each: Called with the identifier of each property and a reader that stands before its value. It returns false if
    ///     the property has no place here.
    /// - Throws: 0x81 for an unknown property or one that has no place, 0x82 for a second one of what may stand once.
    mutating func properties(
        _ section: StaticString = "its properties",
        _ each: (PropertyIdentifier, inout PacketReader) throws(PacketError) -> Bool
    ) throws(PacketError) {
        guard version == .v5 else { return }
        let length = Int(try variable("the property length"))
        if length == 0 { return }
        guard let slice = body.readSlice(length: length) else {
            throw malformed("it ends before the end of \(section)")
        }
        var reader = self
        reader.body = slice
        var seen: UInt64 = 0
        while reader.body.readableBytes > 0 {
            let byte = try reader.byte("a property")
            guard let identifier = PropertyIdentifier(rawValue: byte) else {
                throw malformed("unknown property \(byte)")
            }
            let bit: UInt64 = 1 << UInt64(byte)
            if seen & bit != 0, !identifier.mayRepeat(in: type) { throw violation("a second \(identifier)") }
            seen |= bit
            guard try each(identifier, &reader) else { throw malformed("a \(identifier) has no place in \(section)") }
        }
    }

    /// The value of a property that is 0 or 1.
    mutating func flag(_ identifier: PropertyIdentifier) throws(PacketError) -> Bool {
        let value = try byte(identifier)
        if value > 1 { throw violation("\(identifier) \(value)") }
        return value == 1
    }

    /// The value of a property of two bytes that may not be 0.
    mutating func positive16(_ identifier: PropertyIdentifier) throws(PacketError) -> UInt16 {
        let value = try uint16(identifier)
        if value == 0 { throw violation("\(identifier) 0") }
        return value
    }

    /// The value of a property of four bytes that may not be 0.
    mutating func positive32(_ identifier: PropertyIdentifier) throws(PacketError) -> UInt32 {
        let value = try uint32(identifier)
        if value == 0 { throw violation("\(identifier) 0") }
        return value
    }

    /// The value of a subscription identifier, which may not be 0 (§3.8.2.1.2).
    mutating func subscriptionIdentifier() throws(PacketError) -> UInt32 {
        let value = try variable(PropertyIdentifier.subscriptionIdentifier)
        if value == 0 { throw violation("subscription identifier 0") }
        return value
    }

    /// The value of a response topic, which may hold no wildcard ([MQTT-3.3.2-14]).
    mutating func responseTopic() throws(PacketError) -> String {
        let value = try text(PropertyIdentifier.responseTopic)
        if value.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
            throw violation("the response topic holds a wildcard")
        }
        return value
    }

    /// One more user property, within the limit.
    mutating func userProperty(_ properties: inout [UserProperty]) throws(PacketError) {
        if properties.count >= limits.maximumUserProperties {
            throw PacketError(
                reasonCode: .quotaExceeded,
                message: "\(type): more than \(limits.maximumUserProperties) user properties"
            )
        }
        let name = try text(PropertyIdentifier.userProperty)
        properties.append(UserProperty(name: name, value: try text(PropertyIdentifier.userProperty)))
    }

    /// A topic name within the limits, of a message or a will.
    mutating func topicName(_ field: StaticString) throws(PacketError) -> String {
        let value = try binary(field)
        switch TopicScan(value.readableBytesUInt8Span, in: 0..<value.readableBytes, limits: limits) {
        case .valid:
            return String(buffer: value)
        case .malformed:
            throw malformed("\(field) is not well-formed UTF-8, or holds U+0000")
        case .wildcard:
            throw PacketError.topicName("\(type): \(field) holds a wildcard")
        case .tooLarge:
            let count = value.readableBytes
            throw PacketError.topicName("\(type): \(field) of \(count) bytes is too long or has too many levels")
        }
    }
}
