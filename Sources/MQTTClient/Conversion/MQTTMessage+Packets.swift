import MQTTPackets
import NIOCore

extension MQTTMessage {
    /// The message that came.
    init(_ publish: Publish) {
        let properties = publish.properties
        self.init(
            topic: publish.topic,
            payload: publish.payload,
            qos: MQTTQoS(publish.qos),
            retain: publish.retain,
            properties: MQTTMessageProperties(
                expiry: properties.messageExpiryInterval.map { .seconds($0) },
                contentType: properties.contentType,
                responseTopic: properties.responseTopic,
                correlationData: properties.correlationData.map { Array($0.readableBytesView) },
                payloadFormat: properties.payloadFormatIndicator.flatMap(MQTTPayloadFormat.init),
                userProperties: properties.userProperties.isEmpty
                    ? [] : properties.userProperties.map(MQTTUserProperty.init)
            )
        )
    }

    /// The packet that publishes the message, without its identifier.
    ///
    /// - Returns: The packet; it can be encoded.
    /// - Throws: ``MQTTClientError/Code/invalidArgument``.
    func packet() throws(MQTTClientError) -> Publish {
        if let problem = self.problem { throw MQTTClientError(.invalidArgument, problem) }
        return Publish(
            qos: QoS(self.qos),
            retain: self.retain,
            topic: self.topic,
            properties: PublishProperties(
                payloadFormatIndicator: self.properties.payloadFormat?.rawValue,
                messageExpiryInterval: self.properties.expiry.map { UInt32(secondsRoundedUp: $0) },
                responseTopic: self.properties.responseTopic,
                correlationData: self.properties.correlationData.map { ByteBuffer(bytes: $0) },
                userProperties: self.properties.userProperties.isEmpty
                    ? [] : self.properties.userProperties.map(UserProperty.init),
                contentType: self.properties.contentType
            ),
            payload: self.payload
        )
    }

    /// What keeps the message from being encoded or sent, if anything does.
    var problem: String? {
        guard TopicName.isValid(self.topic, limits: .ofClient) else {
            return "\(self.topic.debugDescription) is not a topic that can be published to"
        }
        if let topic = self.properties.responseTopic, !TopicName.isValid(topic, limits: .ofClient) {
            return "\(topic.debugDescription) is not a topic that can be answered on"
        }
        if let type = self.properties.contentType, !type.isFieldText { return "the content type is not valid" }
        if let data = self.properties.correlationData, data.count > Int(UInt16.max) {
            return "correlation data of \(data.count) bytes, where 65,535 are possible"
        }
        if !self.properties.userProperties.allSatisfy(\.isValid) { return "a user property is not valid" }
        if self.size > 268_000_000 { return "\(self.size) bytes are more than a packet can hold" }
        return nil
    }

    /// About how many bytes the message takes: what it counts against the limits.
    var size: Int {
        var size = self.topic.utf8.count + self.payload.readableBytes + 16
        size += (self.properties.contentType?.utf8.count ?? 0) + (self.properties.responseTopic?.utf8.count ?? 0)
        size += self.properties.correlationData?.count ?? 0
        for property in self.properties.userProperties {
            size += property.name.utf8.count + property.value.utf8.count + 5
        }
        return size
    }
}
