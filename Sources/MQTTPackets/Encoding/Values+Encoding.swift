import NIOCore

extension Connect {
    func write(into sink: inout some PacketSink) {
        sink.text("MQTT")
        sink.byte(version.rawValue)
        var flags: UInt8 = cleanStart ? 0b0000_0010 : 0
        if let will {
            flags |= 0b0000_0100 | will.qos.rawValue << 3 | (will.retain ? 0b0010_0000 : 0)
        }
        if password != nil { flags |= 0b0100_0000 }
        if username != nil { flags |= 0b1000_0000 }
        sink.byte(flags)
        sink.uint16(keepAlive)
        properties.writeSection(into: &sink, version)
        sink.text(clientIdentifier)
        if let will {
            will.properties.writeSection(into: &sink, version)
            sink.text(will.topic)
            sink.binary(will.payload)
        }
        if let username { sink.text(username) }
        if let password { sink.binary(password) }
    }
}

extension ConnAck {
    func write(into sink: inout some PacketSink, _ version: ProtocolVersion) {
        sink.byte(sessionPresent ? 1 : 0)
        sink.byte(version == .v5 ? reasonCode.rawValue : reasonCode.connectReturnCode)
        properties.writeSection(into: &sink, version)
    }
}

extension Publish {
    func write(into sink: inout some PacketSink, _ version: ProtocolVersion) {
        sink.text(topic)
        if qos != .atMostOnce { sink.uint16(packetIdentifier ?? 0) }
        properties.writeSection(into: &sink, version)
        sink.raw(payload)
    }
}

extension Subscribe {
    func write(into sink: inout some PacketSink, _ version: ProtocolVersion) {
        sink.uint16(packetIdentifier)
        properties.writeSection(into: &sink, version)
        for filter in filters {
            sink.text(filter.filter)
            sink.byte(filter.options(version))
        }
    }
}

extension SubscribeFilter {
    /// The byte of options (§3.8.3.1); 3.1.1 knows the quality of service only.
    fileprivate func options(_ version: ProtocolVersion) -> UInt8 {
        guard version == .v5 else { return qos.rawValue }
        return qos.rawValue | (noLocal ? 0b0100 : 0) | (retainAsPublished ? 0b1000 : 0) | retainHandling.rawValue << 4
    }
}

extension SubAck {
    func write(into sink: inout some PacketSink, _ version: ProtocolVersion) {
        sink.uint16(packetIdentifier)
        properties.writeSection(into: &sink, version)
        for code in reasonCodes {
            sink.byte(version == .v5 ? code.rawValue : code.subscribeReturnCode)
        }
    }
}

extension Unsubscribe {
    func write(into sink: inout some PacketSink, _ version: ProtocolVersion) {
        sink.uint16(packetIdentifier)
        userProperties.writeSection(into: &sink, version)
        for filter in filters { sink.text(filter) }
    }
}

extension UnsubAck {
    func write(into sink: inout some PacketSink, _ version: ProtocolVersion) {
        sink.uint16(packetIdentifier)
        guard version == .v5 else { return }
        properties.writeSection(into: &sink, version)
        for code in reasonCodes { sink.byte(code.rawValue) }
    }
}

extension Auth {
    /// AUTH leaves out reason code and properties only together (§3.15.2.1).
    func write(into sink: inout some PacketSink) {
        if reasonCode == .success, properties.encodedLength == 0 { return }
        sink.byte(reasonCode.rawValue)
        properties.writeSection(into: &sink, .v5)
    }
}
