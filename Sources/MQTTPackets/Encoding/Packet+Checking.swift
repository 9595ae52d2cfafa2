import NIOCore

extension Packet {
    /// Whether a receiver would take the packet: for packets that users give values to, before they are encoded.
    ///
    /// - Parameters:
    ///   - version: The version of the connection.
    ///   - limits: The limits of the receiver; topic filters are held against them, too.
    /// - Throws: What is wrong, with the reason code that a receiver would give: 0x81 for a field that the wire cannot
    ///   carry, 0x95 for a packet that is too large, 0x8F for a topic filter that is none, and all that
    ///   ``PacketDecoder`` throws.
    package func checkEncodable(version: ProtocolVersion, limits: PacketLimits = .default) throws(PacketError) {
        if version == .v3_1_1, type == .auth { throw PacketError.malformed("AUTH: there is none in MQTT 3.1.1") }
        var check = CheckSink()
        writeBody(into: &check, version)
        if let problem = check.problem { throw PacketError.malformed("\(type): \(problem)") }
        let size = encodedSize(version: version)
        let most = min(limits.maximumPacketSize, Int(VariableByteInteger.maximum) + 5)
        if size > most {
            throw PacketError(reasonCode: .packetTooLarge, message: "\(type): \(size) bytes, where \(most) are allowed")
        }
        try checkFilters(limits)
        // What is left are the rules of the decoder. A payload has none, and need not be copied for this.
        var light = self
        if case .publish(var publish) = self {
            publish.payload = ByteBuffer()
            light = .publish(publish)
        }
        var bytes = ByteBuffer()
        light.encode(into: &bytes, version: version)
        var decoder = PacketDecoder(version: version, limits: limits)
        _ = try decoder.decode(&bytes)
    }

    private func checkFilters(_ limits: PacketLimits) throws(PacketError) {
        switch self {
        case .subscribe(let packet):
            for filter in packet.filters { _ = try TopicFilter(filter.filter, limits: limits) }
        case .unsubscribe(let packet):
            for filter in packet.filters { _ = try TopicFilter(filter, limits: limits) }
        default: break
        }
    }
}
