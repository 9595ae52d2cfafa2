package import MQTTPackets
import NIOCore

/// Holds the views of the hot path against the rich decoder.
package enum ViewComparison {
    /// What differs, if anything does.
    ///
    /// - Parameters:
    ///   - bytes: A packet at the beginning of bytes.
    ///   - version: The version of the connection.
    /// - Returns: Nil if both say the same, or if there is no view for this packet.
    package static func difference(_ bytes: [UInt8], version: ProtocolVersion) -> String? {
        var decoder = PacketDecoder(version: version, direction: .toServer)
        let outcome = Outcome(&decoder, bytes)
        do throws(PacketError) {
            guard let header = try FixedHeader.parse(bytes.span, from: 0, limits: .default) else {
                if case .incomplete = outcome { return nil }
                return "the header is not whole, and the decoder gave \(outcome)"
            }
            guard header.packetLength <= bytes.count else {
                return if case .packet(let packet) = outcome { "half a packet, and the decoder gave \(packet)" } else {
                    nil
                }
            }
            switch header.type {
            case .publish:
                let view = try PublishView.parse(
                    bytes.span,
                    packetAt: 0,
                    header: header,
                    version: version,
                    limits: .default
                )
                guard case .packet(.publish(let publish)) = outcome else { return "the decoder gave \(outcome)" }
                return difference(view, publish, bytes, header)
            case .puback, .pubrec, .pubrel, .pubcomp:
                let view = try AckView.parse(bytes.span, packetAt: 0, header: header, version: version)
                guard case .packet(let packet) = outcome else { return "the decoder gave \(outcome)" }
                let (identifier, code) = acknowledgement(packet)
                return view.packetIdentifier == identifier && view.reasonCode == code ? nil : "\(view) for \(packet)"
            default:
                return nil
            }
        } catch {
            guard case .error(let other) = outcome else { return "\(error), and the decoder gave \(outcome)" }
            return error.reasonCode == other.reasonCode ? nil : "\(error), and the decoder says \(other)"
        }
    }

    private static func difference(
        _ view: PublishView,
        _ publish: Publish,
        _ bytes: [UInt8],
        _ header: FixedHeader
    ) -> String? {
        if view.dup != publish.dup || view.qos != publish.qos || view.retain != publish.retain { return "flags" }
        if !bytes[view.topic].elementsEqual(publish.topic.utf8) { return "topic" }
        if view.packetIdentifier != publish.packetIdentifier ?? 0 { return "packet identifier" }
        if !bytes[view.payload].elementsEqual(publish.payload.readableBytesView) { return "payload" }
        if view.payload.upperBound != header.packetLength { return "end" }
        let properties = publish.properties
        if view.messageExpiryInterval != properties.messageExpiryInterval { return "message expiry" }
        if view.topicAlias != properties.topicAlias { return "topic alias" }
        if view.payloadFormatIndicator != properties.payloadFormatIndicator { return "payload format" }
        return passThroughDifference(view, publish, bytes)
    }

    /// What passes through, put into a message of its own, decodes to the same properties without alias and expiry.
    private static func passThroughDifference(_ view: PublishView, _ publish: Publish, _ bytes: [UInt8]) -> String? {
        var section: [UInt8] = []
        PublishView.forEachPassThroughProperty(bytes.span, in: view.properties) { section += bytes[$0] }
        let whole = section.elementsEqual(bytes[view.properties])
        if whole != view.passesThroughWhole { return "passes through whole" }
        var body: [UInt8] = [0, 1, UInt8(ascii: "t")]
        VariableByteInteger.write(UInt32(section.count), into: &body)
        var packet: [UInt8] = [0x30]
        VariableByteInteger.write(UInt32(body.count + section.count), into: &packet)
        var decoder = PacketDecoder(version: .v5, direction: .toServer)
        let outcome = Outcome(&decoder, packet + body + section)
        guard case .packet(.publish(let passed)) = outcome else { return "what passes through is \(outcome)" }
        var expected = publish.properties
        expected.topicAlias = nil
        expected.messageExpiryInterval = nil
        return passed.properties == expected ? nil : "what passes through"
    }

    private static func acknowledgement(_ packet: Packet) -> (UInt16, ReasonCode) {
        switch packet {
        case .puback(let packet): (packet.packetIdentifier, packet.reasonCode)
        case .pubrec(let packet): (packet.packetIdentifier, packet.reasonCode)
        case .pubrel(let packet): (packet.packetIdentifier, packet.reasonCode)
        case .pubcomp(let packet): (packet.packetIdentifier, packet.reasonCode)
        default: (0, .unspecifiedError)
        }
    }
}
