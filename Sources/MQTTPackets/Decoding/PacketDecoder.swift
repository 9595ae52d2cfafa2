package import NIOCore

/// Makes packets of bytes, and checks everything that one packet alone can show (MQTT 5.0 §3, MQTT 3.1.1 §3).
///
/// This is the rich way, for clients, tools and the broker's rarer packets; messages and their acknowledgements have
/// ``PublishView`` and ``AckView`` beside it.
package struct PacketDecoder: Sendable {
    /// The version of the connection; nil until a CONNECT tells it.
    ///
    /// A CONNECT that is refused tells it, too, if it names a version that there is: so that the answer is in its form.
    package private(set) var version: ProtocolVersion?
    /// The limits of the receiver.
    package var limits: PacketLimits
    /// Which way the packets go; nil if both ways are good.
    package var direction: PacketDirection?

    /// Makes a decoder for one connection.
    ///
    /// - Parameters:
    ///   - version: The version of the connection; nil to learn it from CONNECT, which then has to come first.
    ///   - limits: The limits of the receiver.
    ///   - direction: Which way the packets go, to refuse what may only go the other way; nil to refuse nothing.
    package init(version: ProtocolVersion?, limits: PacketLimits = .default, direction: PacketDirection? = nil) {
        self.version = version
        self.limits = limits
        self.direction = direction
    }

    /// Takes one packet from the front of what was received.
    ///
    /// - Parameter buffer: What was received; moved on by the packet that is returned, else untouched.
    /// - Returns: Nil if not all of the packet is there.
    /// - Throws: What is wrong with the packet, as soon as the bytes that show it are there.
    package mutating func decode(_ buffer: inout ByteBuffer) throws(PacketError) -> Packet? {
        guard let header = try FixedHeader.parse(buffer.readableBytesUInt8Span, from: 0, limits: limits) else {
            return nil
        }
        if version == nil, header.type != .connect {
            throw PacketError.violation("\(header.type): the first packet has to be CONNECT")
        }
        if let direction, !direction.allows(header.type, version: version ?? .v5) {
            throw PacketError.violation("\(header.type): may not be sent this way")
        }
        if header.type == .auth, version == .v3_1_1 {
            throw PacketError.malformed("packet type 15 is reserved in MQTT 3.1.1")
        }
        let start = buffer.readerIndex + header.headerLength
        guard let body = buffer.getSlice(at: start, length: header.remainingLength) else { return nil }
        var reader = PacketReader(
            body: body,
            type: header.type,
            version: version ?? .v5,
            limits: limits,
            direction: direction
        )
        defer { version = version ?? reader.namedVersion }
        let packet = try reader.packet(header)
        buffer.moveReaderIndex(forwardBy: header.packetLength)
        return packet
    }
}
