import NIOCore

extension PacketReader {
    mutating func subscribe() throws(PacketError) -> Subscribe {
        let identifier = try packetIdentifier()
        var properties = SubscribeProperties()
        try self.properties { (identifier, reader) throws(PacketError) in
            switch identifier {
            case .subscriptionIdentifier: properties.subscriptionIdentifier = try reader.subscriptionIdentifier()
            case .userProperty: try reader.userProperty(&properties.userProperties)
            default: return false
            }
            return true
        }
        var filters: [SubscribeFilter] = []
        while body.readableBytes > 0 {
            try checkRoom(filters.count)
            filters.append(try subscribeFilter())
        }
        if filters.isEmpty { throw violation("no topic filter") }
        return Subscribe(packetIdentifier: identifier, properties: properties, filters: filters)
    }

    private mutating func subscribeFilter() throws(PacketError) -> SubscribeFilter {
        let filter = try text("a topic filter")
        let options = try byte("the subscription options")
        if version == .v3_1_1 {
            guard let qos = QoS(rawValue: options) else { throw malformed("a requested QoS of \(options)") }
            return SubscribeFilter(filter: filter, qos: qos)
        }
        if options & 0b1100_0000 != 0 { throw malformed("reserved subscription options are set") }
        guard let qos = QoS(rawValue: options & 0b11) else { throw violation("a maximum quality of service of 3") }
        guard let retainHandling = RetainHandling(rawValue: options >> 4) else { throw violation("retain handling 3") }
        let noLocal = options & 0b0100 != 0
        if noLocal, filter.utf8.starts(with: "$share/".utf8) { throw violation("no local on a shared subscription") }
        return SubscribeFilter(
            filter: filter,
            qos: qos,
            noLocal: noLocal,
            retainAsPublished: options & 0b1000 != 0,
            retainHandling: retainHandling
        )
    }

    mutating func unsubscribe() throws(PacketError) -> Unsubscribe {
        let identifier = try packetIdentifier()
        var userProperties: [UserProperty] = []
        try self.properties { (identifier, reader) throws(PacketError) in
            guard identifier == .userProperty else { return false }
            try reader.userProperty(&userProperties)
            return true
        }
        var filters: [String] = []
        while body.readableBytes > 0 {
            try checkRoom(filters.count)
            filters.append(try text("a topic filter"))
        }
        if filters.isEmpty { throw violation("no topic filter") }
        return Unsubscribe(packetIdentifier: identifier, userProperties: userProperties, filters: filters)
    }

    mutating func suback() throws(PacketError) -> SubAck {
        let identifier = try packetIdentifier()
        let properties = version == .v5 ? try ackProperties() : AckProperties()
        var codes: [ReasonCode] = []
        while body.readableBytes > 0 {
            try checkRoom(codes.count)
            let code = try reasonCode()
            if version == .v3_1_1, code.rawValue > 2, code.rawValue != 0x80 { throw violation("return code \(code)") }
            codes.append(code)
        }
        if codes.isEmpty { throw violation("no reason code") }
        return SubAck(packetIdentifier: identifier, properties: properties, reasonCodes: codes)
    }

    mutating func unsuback() throws(PacketError) -> UnsubAck {
        let identifier = try packetIdentifier()
        guard version == .v5 else {
            try finish()
            return UnsubAck(packetIdentifier: identifier)
        }
        let properties = try ackProperties()
        var codes: [ReasonCode] = []
        while body.readableBytes > 0 {
            try checkRoom(codes.count)
            codes.append(try reasonCode())
        }
        if codes.isEmpty { throw violation("no reason code") }
        return UnsubAck(packetIdentifier: identifier, properties: properties, reasonCodes: codes)
    }

    private func checkRoom(_ count: Int) throws(PacketError) {
        if count >= limits.maximumFiltersPerSubscribe {
            throw PacketError(
                reasonCode: .quotaExceeded,
                message: "\(type): more than \(limits.maximumFiltersPerSubscribe) topic filters or reason codes"
            )
        }
    }
}
