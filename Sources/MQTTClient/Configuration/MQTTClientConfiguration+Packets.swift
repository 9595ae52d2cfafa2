import MQTTPackets
import NIOCore

extension MQTTClientConfiguration {
    var keepAliveSeconds: UInt16 { UInt16(clamping: UInt32(secondsRoundedUp: self.keepAlive)) }

    /// How many unacknowledged messages the client bears with.
    var acknowledgementCapacity: Int { max(1, self.receiveMaximum + self.receiveMaximumAllowance) }

    var packetLimits: PacketLimits {
        var limits = PacketLimits.ofClient
        limits.maximumPacketSize = self.maximumPacketSize
        return limits
    }

    /// The packet that opens a connection.
    ///
    /// - Parameters:
    ///   - assigned: The identifier that the server gave earlier, if it did.
    ///   - again: Whether the client had a session before, which must not be thrown away.
    /// - Returns: The packet.
    func connect(identifier assigned: String?, again: Bool) -> Connect {
        Connect(
            clientIdentifier: assigned ?? self.clientIdentifier,
            cleanStart: self.cleanStart && !again,
            keepAlive: self.keepAliveSeconds,
            username: self.username,
            password: self.password,
            will: self.will.map(Will.init),
            properties: ConnectProperties(
                sessionExpiryInterval: UInt32(secondsRoundedUp: self.sessionExpiry),
                receiveMaximum: UInt16(clamping: self.receiveMaximum),
                maximumPacketSize: UInt32(clamping: self.maximumPacketSize),
                topicAliasMaximum: self.topicAliasMaximum > 0 ? UInt16(clamping: self.topicAliasMaximum) : nil,
                userProperties: self.userProperties.map(UserProperty.init)
            )
        )
    }

    /// What keeps the configuration from being used, if anything does.
    var problem: MQTTClientError? {
        var problems: [String] = []
        if !(1...Int(UInt16.max)).contains(self.receiveMaximum) { problems.append("receiveMaximum is not 1 to 65,535") }
        for (name, value) in [
            ("topicAliasMaximum", self.topicAliasMaximum), ("maximumTopicAliases", self.maximumTopicAliases),
        ] where !(0...Int(UInt16.max)).contains(value) {
            problems.append("\(name) is not 0 to 65,535")
        }
        for (name, value) in [
            ("receiveMaximumAllowance", self.receiveMaximumAllowance),
            ("receiveMaximumAllowanceBytes", self.receiveMaximumAllowanceBytes),
        ] where value < 0 {
            problems.append("\(name) is negative")
        }
        if self.keepAlive > .seconds(UInt16.max) || self.keepAlive < .zero {
            problems.append("keepAlive is not 0 to 65,535 s")
        }
        if !(64...268_435_460).contains(self.maximumPacketSize) {
            problems.append("maximumPacketSize is not 64 to 268,435,460 bytes")
        }
        if self.maximumWaitingQoS0 < 0 { problems.append("maximumWaitingQoS0 is negative") }
        if self.maximumSubscriptions < 0 { problems.append("maximumSubscriptions is negative") }
        if self.maximumPendingRequests < 1 { problems.append("maximumPendingRequests is not positive") }
        if self.queueLimits.messages < 1 || self.queueLimits.bytes < 1 {
            problems.append("queueLimits are not positive")
        }
        if self.sessionExpiry < .zero { problems.append("sessionExpiry is negative") }
        for (name, value) in [
            ("pingTimeout", self.pingTimeout), ("connectTimeout", self.connectTimeout),
            ("closeTimeout", self.closeTimeout), ("requestTimeout", self.requestTimeout),
            ("backoff.cap", self.backoff.cap),
        ] where value <= .zero {
            problems.append("\(name) is not positive")
        }
        if self.backoff.base < .zero { problems.append("backoff.base is negative") }
        problems += self.fieldProblems
        guard !problems.isEmpty else { return nil }
        return MQTTClientError(.invalidConfiguration, problems.joined(separator: "; "))
    }

    private var fieldProblems: [String] {
        var problems: [String] = []
        if !self.clientIdentifier.isFieldText { problems.append("clientIdentifier is not valid") }
        if let username = self.username, !username.isFieldText { problems.append("username is not valid") }
        if let password = self.password, password.readableBytes > Int(UInt16.max) {
            problems.append("password is longer than 65,535 bytes")
        }
        if let method = self.authentication?.method, !method.isFieldText {
            problems.append("authentication: its method is not valid")
        }
        if !self.userProperties.allSatisfy(\.isValid) { problems.append("userProperties are not valid") }
        if let topic = self.responseTopic, !TopicName.isValid(topic) { problems.append("responseTopic is not a topic") }
        if let will = self.will {
            if let problem = will.message.problem { problems.append("will: \(problem)") }
            if will.message.payload.readableBytes > Int(UInt16.max) {
                problems.append("will: its payload is longer than 65,535 bytes")
            }
            if will.delay < .zero { problems.append("will: its delay is negative") }
        }
        return problems
    }
}

extension Will {
    fileprivate init(_ will: MQTTWill) {
        let properties = will.message.properties
        self.init(
            topic: will.message.topic,
            payload: will.message.payload,
            qos: QoS(will.message.qos),
            retain: will.message.retain,
            properties: WillProperties(
                willDelayInterval: will.delay > .zero ? UInt32(secondsRoundedUp: will.delay) : nil,
                payloadFormatIndicator: properties.payloadFormat?.rawValue,
                messageExpiryInterval: properties.expiry.map { UInt32(secondsRoundedUp: $0) },
                contentType: properties.contentType,
                responseTopic: properties.responseTopic,
                correlationData: properties.correlationData.map { ByteBuffer(bytes: $0) },
                userProperties: properties.userProperties.map(UserProperty.init)
            )
        )
    }
}
