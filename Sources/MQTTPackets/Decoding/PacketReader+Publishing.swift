import NIOCore

extension PacketReader {
    mutating func publish(_ header: FixedHeader) throws(PacketError) -> Publish {
        guard let qos = QoS(rawValue: header.flags >> 1 & 0b11) else { throw malformed("quality of service 3") }
        var publish = Publish(
            dup: header.flags & 0b1000 != 0,
            qos: qos,
            retain: header.flags & 0b0001 != 0,
            topic: try topicName("the topic")
        )
        if qos != .atMostOnce { publish.packetIdentifier = try packetIdentifier() }
        publish.properties = try publishProperties()
        if publish.topic.isEmpty, publish.properties.topicAlias == nil {
            throw violation("neither a topic nor a topic alias")
        }
        publish.payload = body
        return publish
    }

    private mutating func publishProperties() throws(PacketError) -> PublishProperties {
        var properties = PublishProperties()
        try self.properties { (identifier, reader) throws(PacketError) in
            switch identifier {
            case .payloadFormatIndicator: properties.payloadFormatIndicator = try reader.flag(identifier) ? 1 : 0
            case .messageExpiryInterval: properties.messageExpiryInterval = try reader.uint32(identifier)
            case .topicAlias:
                let alias = try reader.uint16(identifier)
                if alias == 0 { throw PacketError(reasonCode: .topicAliasInvalid, message: "PUBLISH: topic alias 0") }
                properties.topicAlias = alias
            case .responseTopic: properties.responseTopic = try reader.responseTopic()
            case .correlationData: properties.correlationData = try reader.binary(identifier)
            case .userProperty: try reader.userProperty(&properties.userProperties)
            case .subscriptionIdentifier: try reader.subscriptionIdentifier(&properties.subscriptionIdentifiers)
            case .contentType: properties.contentType = try reader.text(identifier)
            default: return false
            }
            return true
        }
        return properties
    }

    /// One more subscription identifier of a message, which only a server may send ([MQTT-3.3.4-6]).
    private mutating func subscriptionIdentifier(_ identifiers: inout [UInt32]) throws(PacketError) {
        if direction == .toServer { throw violation("a subscription identifier from a client") }
        if identifiers.count >= limits.maximumSubscriptionIdentifiers {
            throw PacketError(
                reasonCode: .quotaExceeded,
                message: "PUBLISH: more than \(limits.maximumSubscriptionIdentifiers) subscription identifiers"
            )
        }
        identifiers.append(try subscriptionIdentifier())
    }

    /// PUBACK, PUBREC, PUBREL and PUBCOMP are alike (§3.4 to §3.7).
    mutating func acknowledgement() throws(PacketError) -> (UInt16, ReasonCode, AckProperties) {
        let identifier = try packetIdentifier()
        var code = ReasonCode.success
        var properties = AckProperties()
        if version == .v5, body.readableBytes > 0 {
            code = try reasonCode()
            // A property length of 0 may be left out (§3.4.2.2.1).
            if body.readableBytes > 0 { properties = try ackProperties() }
        }
        try finish()
        return (identifier, code, properties)
    }

    mutating func ackProperties() throws(PacketError) -> AckProperties {
        var properties = AckProperties()
        try self.properties { (identifier, reader) throws(PacketError) in
            switch identifier {
            case .reasonString: properties.reasonString = try reader.text(identifier)
            case .userProperty: try reader.userProperty(&properties.userProperties)
            default: return false
            }
            return true
        }
        return properties
    }
}
