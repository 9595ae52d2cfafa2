extension PublishView {
    /// Looks at a whole PUBLISH from a client and checks everything.
    ///
    /// - Parameters:
    ///   - bytes: What was received.
    ///   - offset: Where the packet begins.
    ///   - header: Its fixed header, as read at `offset`.
    ///   - version: The version of the connection.
    ///   - limits: The limits of the receiver.
    /// - Returns: Where everything lies.
    /// - Throws: 0x81 for bytes that are no PUBLISH, 0x82 for a packet identifier of 0, a missing topic, a single property
    ///   that comes twice or a subscription identifier, 0x90 for a topic with wildcards or past the limits, 0x94 for the
    ///   topic alias 0, 0x97 for too many user properties.
    package static func parse(
        _ bytes: Span<UInt8>,
        packetAt offset: Int,
        header: FixedHeader,
        version: ProtocolVersion,
        limits: PacketLimits
    ) throws(PacketError) -> PublishView {
        var position = offset &+ header.headerLength
        let end = position &+ header.remainingLength
        guard header.type == .publish, end <= bytes.count, header.remainingLength >= 2 else {
            throw PacketError.malformed("PUBLISH: it ends before its topic")
        }
        let topicLength = Int(bytes[position]) &<< 8 | Int(bytes[position &+ 1])
        position &+= 2
        guard topicLength <= end &- position else { throw PacketError.malformed("PUBLISH: it ends within its topic") }
        let topic = position..<(position &+ topicLength)
        try checkTopic(bytes, topic, limits)
        position &+= topicLength

        var view = PublishView(
            dup: header.first & 0b1000 != 0,
            qos: header.first & 0b0100 != 0 ? .exactlyOnce : header.first & 0b0010 != 0 ? .atLeastOnce : .atMostOnce,
            retain: header.first & 0b0001 != 0,
            topic: topic,
            packetIdentifier: 0,
            properties: position..<position,
            payload: position..<end
        )
        if view.qos != .atMostOnce {
            guard end &- position >= 2 else {
                throw PacketError.malformed("PUBLISH: it ends before the end of the packet identifier")
            }
            view.packetIdentifier = UInt16(bytes[position]) &<< 8 | UInt16(bytes[position &+ 1])
            if view.packetIdentifier == 0 { throw PacketError.violation("PUBLISH: packet identifier 0") }
            position &+= 2
        }
        if version == .v5 {
            if position < end, bytes[position] == 0 {
                // The usual message: no properties.
                position &+= 1
                view.properties = position..<position
            } else {
                var cursor = try PropertyCursor(bytes, at: position, packetEnd: end, type: .publish)
                view.properties = cursor.position..<cursor.end
                try view.readProperties(bytes, &cursor, limits)
                position = cursor.end
            }
        }
        if topicLength == 0, view.topicAlias == nil {
            throw PacketError.violation("PUBLISH: neither a topic nor a topic alias")
        }
        view.payload = position..<end
        return view
    }

    @inline(__always)
    private static func checkTopic(
        _ bytes: Span<UInt8>,
        _ topic: Range<Int>,
        _ limits: PacketLimits
    ) throws(PacketError) {
        switch TopicScan(bytes, in: topic, limits: limits) {
        case .valid:
            break
        case .tooLarge:
            throw PacketError.topicName("PUBLISH: the topic of \(topic.count) bytes is too long or has too many levels")
        case .wildcard:
            throw PacketError.topicName("PUBLISH: the topic holds a wildcard")
        case .malformed:
            throw PacketError.malformed("PUBLISH: the topic is not well-formed UTF-8, or holds U+0000")
        }
    }

    private mutating func readProperties(
        _ bytes: Span<UInt8>,
        _ cursor: inout PropertyCursor,
        _ limits: PacketLimits
    ) throws(PacketError) {
        while !cursor.isAtEnd {
            let identifier = try cursor.identifier(bytes, limits: limits)
            switch identifier {
            case .userProperty:
                _ = try cursor.text(bytes, identifier)
                _ = try cursor.text(bytes, identifier)
            case .messageExpiryInterval:
                messageExpiryInterval = try cursor.uint32(bytes, identifier)
            case .contentType:
                _ = try cursor.text(bytes, identifier)
            case .correlationData:
                _ = try cursor.binary(bytes, identifier)
            case .responseTopic:
                try Self.checkResponseTopic(bytes, cursor.text(bytes, identifier))
            case .payloadFormatIndicator:
                let value = try cursor.byte(bytes, identifier)
                if value > 1 { throw PacketError.violation("PUBLISH: payload format indicator \(value)") }
                payloadFormatIndicator = value
            case .topicAlias:
                let value = try cursor.uint16(bytes, identifier)
                if value == 0 {
                    throw PacketError(reasonCode: .topicAliasInvalid, message: "PUBLISH: topic alias 0")
                }
                topicAlias = value
            case .subscriptionIdentifier:
                throw PacketError.violation("PUBLISH: a subscription identifier from a client")
            default:
                throw PacketError.malformed("PUBLISH: a \(identifier) has no place here")
            }
        }
    }

    private static func checkResponseTopic(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(PacketError) {
        for position in range where bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "#") {
            throw PacketError.violation("PUBLISH: the response topic holds a wildcard")
        }
    }
}
