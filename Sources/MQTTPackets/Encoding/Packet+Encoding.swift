package import NIOCore

extension Packet {
    /// Writes the packet as the version has it; what 3.1.1 cannot say is left out.
    ///
    /// AUTH has no 3.1.1 form, and nothing is written. A CONNECT is written in the version that it names itself. The caller
    /// sees to it that fields fit the wire: strings and binary data of at most 65,535 bytes, a whole packet of at most
    /// 268,435,460. What decoding gave fits; what users give is checked with ``checkEncodable(version:)``.
    ///
    /// - Parameters:
    ///   - buffer: Where to write; what is in it stays.
    ///   - version: The version of the connection.
    package func encode(into buffer: inout ByteBuffer, version: ProtocolVersion) {
        if version == .v3_1_1, type == .auth { return }
        let length = bodyLength(version)
        precondition(length <= Int(VariableByteInteger.maximum), "a packet longer than the protocol can say")
        buffer.reserveCapacity(minimumWritableBytes: 5 + length)
        buffer.writeInteger(type.rawValue << 4 | flags)
        VariableByteInteger.write(UInt32(truncatingIfNeeded: length), into: &buffer)
        // Taken out and put back, so that the buffer is not copied on the first write.
        var sink = BufferSink(buffer: ByteBuffer())
        swap(&sink.buffer, &buffer)
        writeBody(into: &sink, version)
        swap(&sink.buffer, &buffer)
    }

    /// How many bytes ``encode(into:version:)`` writes.
    ///
    /// - Parameter version: The version of the connection.
    /// - Returns: The bytes of the whole packet; 0 for AUTH in 3.1.1.
    package func encodedSize(version: ProtocolVersion) -> Int {
        if version == .v3_1_1, type == .auth { return 0 }
        let length = bodyLength(version)
        return 1 + VariableByteInteger.size(UInt32(clamping: min(length, Int(VariableByteInteger.maximum)))) + length
    }

    private func bodyLength(_ version: ProtocolVersion) -> Int {
        var size = SizeSink()
        writeBody(into: &size, version)
        return size.count
    }

    private var flags: UInt8 {
        switch self {
        case .publish(let publish):
            (publish.dup ? 0b1000 : 0) | publish.qos.rawValue << 1 | (publish.retain ? 1 : 0)
        case .pubrel, .subscribe, .unsubscribe: 0b0010
        default: 0
        }
    }

    func writeBody(into sink: inout some PacketSink, _ version: ProtocolVersion) {
        switch self {
        case .connect(let packet): packet.write(into: &sink)
        case .connack(let packet): packet.write(into: &sink, version)
        case .publish(let packet): packet.write(into: &sink, version)
        case .puback(let packet):
            sink.acknowledgement(packet.packetIdentifier, packet.reasonCode, packet.properties, version)
        case .pubrec(let packet):
            sink.acknowledgement(packet.packetIdentifier, packet.reasonCode, packet.properties, version)
        case .pubrel(let packet):
            sink.acknowledgement(packet.packetIdentifier, packet.reasonCode, packet.properties, version)
        case .pubcomp(let packet):
            sink.acknowledgement(packet.packetIdentifier, packet.reasonCode, packet.properties, version)
        case .subscribe(let packet): packet.write(into: &sink, version)
        case .suback(let packet): packet.write(into: &sink, version)
        case .unsubscribe(let packet): packet.write(into: &sink, version)
        case .unsuback(let packet): packet.write(into: &sink, version)
        case .pingreq, .pingresp: break
        case .disconnect(let packet): sink.reason(packet.reasonCode, packet.properties, version)
        case .auth(let packet): packet.write(into: &sink)
        }
    }
}

extension PacketSink {
    /// PUBACK, PUBREC, PUBREL and PUBCOMP, as short as they may be (§3.4.2.1).
    fileprivate mutating func acknowledgement(
        _ identifier: UInt16,
        _ code: ReasonCode,
        _ properties: AckProperties,
        _ version: ProtocolVersion
    ) {
        uint16(identifier)
        reason(code, properties, version)
    }

    /// A reason code and properties, both left out where they say nothing (§3.4.2.1, §3.14.2.1).
    fileprivate mutating func reason(_ code: ReasonCode, _ properties: some PropertyList, _ version: ProtocolVersion) {
        guard version == .v5 else { return }
        let length = properties.encodedLength
        if code == .success, length == 0 { return }
        byte(code.rawValue)
        if length == 0 { return }
        variable(UInt32(truncatingIfNeeded: length))
        properties.write(into: &self)
    }
}
