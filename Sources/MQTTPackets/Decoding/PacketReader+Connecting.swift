import NIOCore

extension PacketReader {
    mutating func connect() throws(PacketError) -> Connect {
        try protocolName()
        let flags = try byte("the connect flags")
        if flags & 0b0000_0001 != 0 { throw malformed("the reserved connect flag is set") }
        let hasWill = flags & 0b0000_0100 != 0
        if !hasWill, flags & 0b0011_1000 != 0 { throw malformed("will flags without a will") }
        guard let willQoS = QoS(rawValue: flags >> 3 & 0b11) else { throw malformed("will of quality of service 3") }
        if version == .v3_1_1, flags & 0b1100_0000 == 0b0100_0000 { throw malformed("a password without a user name") }

        var connect = Connect(version: version, cleanStart: flags & 0b0000_0010 != 0)
        connect.keepAlive = try uint16("the keep alive")
        connect.properties = try connectProperties()
        connect.clientIdentifier = try clientIdentifier(cleanStart: connect.cleanStart)
        if hasWill {
            connect.will = try will(qos: willQoS, retain: flags & 0b0010_0000 != 0)
        }
        if flags & 0b1000_0000 != 0 { connect.username = try text("the user name") }
        if flags & 0b0100_0000 != 0 { connect.password = try binary("the password") }
        try finish()
        return connect
    }

    /// Protocol name and level, which say how to read the rest; everything but MQTT 3.1.1 and 5.0 gives 0x84 (§3.1.2.1).
    private mutating func protocolName() throws(PacketError) {
        let name = try binary("the protocol name")
        guard name.readableBytesView.elementsEqual("MQTT".utf8) else {
            throw PacketError(reasonCode: .unsupportedProtocolVersion, message: "CONNECT: the protocol is not MQTT")
        }
        let level = try byte("the protocol version")
        guard let version = ProtocolVersion(rawValue: level) else {
            throw PacketError(reasonCode: .unsupportedProtocolVersion, message: "CONNECT: protocol version \(level)")
        }
        self.version = version
        self.namedVersion = version
    }

    private mutating func clientIdentifier(cleanStart: Bool) throws(PacketError) -> String {
        let value = try text("the client identifier")
        if value.utf8.count > limits.maximumClientIdentifierLength {
            throw PacketError(
                reasonCode: .clientIdentifierNotValid,
                message: "CONNECT: a client identifier of \(value.utf8.count) bytes"
            )
        }
        if value.isEmpty, version == .v3_1_1, !cleanStart {
            throw PacketError(
                reasonCode: .clientIdentifierNotValid,
                message: "CONNECT: no client identifier, for a session that is to be kept"
            )
        }
        return value
    }

    private mutating func connectProperties() throws(PacketError) -> ConnectProperties {
        var properties = ConnectProperties()
        try self.properties { (identifier, reader) throws(PacketError) in
            switch identifier {
            case .sessionExpiryInterval: properties.sessionExpiryInterval = try reader.uint32(identifier)
            case .receiveMaximum: properties.receiveMaximum = try reader.positive16(identifier)
            case .maximumPacketSize: properties.maximumPacketSize = try reader.positive32(identifier)
            case .topicAliasMaximum: properties.topicAliasMaximum = try reader.uint16(identifier)
            case .requestResponseInformation: properties.requestResponseInformation = try reader.flag(identifier)
            case .requestProblemInformation: properties.requestProblemInformation = try reader.flag(identifier)
            case .userProperty: try reader.userProperty(&properties.userProperties)
            case .authenticationMethod: properties.authenticationMethod = try reader.text(identifier)
            case .authenticationData: properties.authenticationData = try reader.binary(identifier)
            default: return false
            }
            return true
        }
        if properties.authenticationMethod == nil, properties.authenticationData != nil {
            throw violation("authentication data without an authentication method")
        }
        return properties
    }

    private mutating func will(qos: QoS, retain: Bool) throws(PacketError) -> Will {
        var properties = WillProperties()
        try self.properties("the properties of its will") { (identifier, reader) throws(PacketError) in
            switch identifier {
            case .willDelayInterval: properties.willDelayInterval = try reader.uint32(identifier)
            case .payloadFormatIndicator: properties.payloadFormatIndicator = try reader.flag(identifier) ? 1 : 0
            case .messageExpiryInterval: properties.messageExpiryInterval = try reader.uint32(identifier)
            case .contentType: properties.contentType = try reader.text(identifier)
            case .responseTopic: properties.responseTopic = try reader.responseTopic()
            case .correlationData: properties.correlationData = try reader.binary(identifier)
            case .userProperty: try reader.userProperty(&properties.userProperties)
            default: return false
            }
            return true
        }
        let topic = try topicName("the will topic")
        if topic.isEmpty { throw PacketError.topicName("CONNECT: the will topic is empty") }
        return Will(
            topic: topic,
            payload: try binary("the will payload"),
            qos: qos,
            retain: retain,
            properties: properties
        )
    }

    mutating func connack() throws(PacketError) -> ConnAck {
        let flags = try byte("the acknowledge flags")
        if flags > 1 { throw malformed("reserved acknowledge flags are set") }
        var connack = ConnAck(sessionPresent: flags == 1)
        if version == .v5 {
            connack.reasonCode = try reasonCode()
        } else {
            let code = try byte("the return code")
            guard let mapped = ReasonCode(connectReturnCode: code) else { throw violation("return code \(code)") }
            connack.reasonCode = mapped
        }
        if connack.sessionPresent, connack.reasonCode != .success {
            throw violation("a session is present, and the connection is refused")
        }
        connack.properties = try connackProperties()
        try finish()
        return connack
    }

    private mutating func connackProperties() throws(PacketError) -> ConnAckProperties {
        var properties = ConnAckProperties()
        try self.properties { (identifier, reader) throws(PacketError) in
            switch identifier {
            case .sessionExpiryInterval: properties.sessionExpiryInterval = try reader.uint32(identifier)
            case .receiveMaximum: properties.receiveMaximum = try reader.positive16(identifier)
            case .maximumQoS: properties.maximumQoS = try reader.flag(identifier) ? .atLeastOnce : .atMostOnce
            case .retainAvailable: properties.retainAvailable = try reader.flag(identifier)
            case .maximumPacketSize: properties.maximumPacketSize = try reader.positive32(identifier)
            case .assignedClientIdentifier: properties.assignedClientIdentifier = try reader.text(identifier)
            case .topicAliasMaximum: properties.topicAliasMaximum = try reader.uint16(identifier)
            case .reasonString: properties.reasonString = try reader.text(identifier)
            case .userProperty: try reader.userProperty(&properties.userProperties)
            case .wildcardSubscriptionAvailable: properties.wildcardSubscriptionAvailable = try reader.flag(identifier)
            case .subscriptionIdentifiersAvailable:
                properties.subscriptionIdentifiersAvailable = try reader.flag(identifier)
            case .sharedSubscriptionAvailable: properties.sharedSubscriptionAvailable = try reader.flag(identifier)
            case .serverKeepAlive: properties.serverKeepAlive = try reader.uint16(identifier)
            case .responseInformation: properties.responseInformation = try reader.text(identifier)
            case .serverReference: properties.serverReference = try reader.text(identifier)
            case .authenticationMethod: properties.authenticationMethod = try reader.text(identifier)
            case .authenticationData: properties.authenticationData = try reader.binary(identifier)
            default: return false
            }
            return true
        }
        return properties
    }
}
