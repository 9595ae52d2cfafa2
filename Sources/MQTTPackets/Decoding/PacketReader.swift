import NIOCore

/// Reads the fields of one packet from its body; every error names the packet and the field.
struct PacketReader {
    /// What is left of the body.
    var body: ByteBuffer
    /// What packet it is.
    let type: PacketType
    /// The version of the connection; of the packet itself in CONNECT.
    var version: ProtocolVersion
    /// The version that a CONNECT names; nil in other packets.
    var namedVersion: ProtocolVersion?
    /// The limits of the receiver.
    let limits: PacketLimits
    /// Which way the packet goes, if known.
    let direction: PacketDirection?

    /// An error of bytes that cannot be parsed.
    func malformed(_ what: String) -> PacketError { PacketError.malformed("\(type): \(what)") }

    /// An error of content that is forbidden.
    func violation(_ what: String) -> PacketError { PacketError.violation("\(type): \(what)") }

    private func cut(_ field: some CustomStringConvertible) -> PacketError {
        malformed("it ends before the end of \(field)")
    }

    mutating func byte(_ field: some CustomStringConvertible) throws(PacketError) -> UInt8 {
        guard let value = body.readInteger(as: UInt8.self) else { throw cut(field) }
        return value
    }

    mutating func uint16(_ field: some CustomStringConvertible) throws(PacketError) -> UInt16 {
        guard let value = body.readInteger(as: UInt16.self) else { throw cut(field) }
        return value
    }

    mutating func uint32(_ field: some CustomStringConvertible) throws(PacketError) -> UInt32 {
        guard let value = body.readInteger(as: UInt32.self) else { throw cut(field) }
        return value
    }

    mutating func variable(_ field: some CustomStringConvertible) throws(PacketError) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<4 {
            let byte = try byte(field)
            value |= UInt32(byte & 0x7F) << UInt32(7 * index)
            if byte < 0x80 { return value }
        }
        throw malformed("\(field) has more than four bytes")
    }

    mutating func binary(_ field: some CustomStringConvertible) throws(PacketError) -> ByteBuffer {
        let length = Int(try uint16(field))
        guard let value = body.readSlice(length: length) else { throw cut(field) }
        return value
    }

    mutating func text(_ field: some CustomStringConvertible) throws(PacketError) -> String {
        let value = try binary(field)
        guard UTF8Text.isWellFormed(value.readableBytesUInt8Span, in: 0..<value.readableBytes) else {
            throw malformed("\(field) is not well-formed UTF-8, or holds U+0000")
        }
        return String(buffer: value)
    }

    /// A packet identifier, which is never 0 ([MQTT-2.2.1-3]).
    mutating func packetIdentifier() throws(PacketError) -> UInt16 {
        let value = try uint16("the packet identifier")
        if value == 0 { throw violation("packet identifier 0") }
        return value
    }

    /// A reason code that this packet may carry.
    mutating func reasonCode() throws(PacketError) -> ReasonCode {
        let code = ReasonCode(rawValue: try byte("the reason code"))
        guard code.isAllowed(in: type, direction: direction) else { throw violation("reason code \(code)") }
        return code
    }

    /// Nothing may be left.
    func finish() throws(PacketError) {
        if body.readableBytes > 0 { throw malformed("\(body.readableBytes) bytes after its end") }
    }
}
