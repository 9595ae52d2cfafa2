import MQTTPackets
import MQTTTransport

/// Topic aliases of the present connection (MQTT 5.0 §3.3.2.3.4).
extension ClientCore {
    /// Forgets those of an earlier connection.
    func beginAliases(_ connack: ConnAck) {
        self.incomingAliases = [:]
        self.outgoingAliases = [:]
        let theirs = Int(connack.properties.topicAliasMaximum ?? 0)
        self.maximumOutgoingAlias = UInt16(clamping: min(theirs, self.configuration.maximumTopicAliases))
    }

    /// Writes a PUBLISH, with an alias for its topic where there is one.
    ///
    /// The first topics of a connection get the numbers that there are. One that would make the packet too large is left out.
    func writePublish(_ publish: Publish) {
        guard self.maximumOutgoingAlias > 0 else {
            self.write(.publish(publish))
            return
        }
        var publish = publish
        if let alias = self.outgoingAliases[publish.topic] {
            publish.properties.topicAlias = alias
            publish.topic = ""
        } else if self.outgoingAliases.count < Int(self.maximumOutgoingAlias) {
            let alias = UInt16(self.outgoingAliases.count + 1)
            publish.properties.topicAlias = alias
            if let maximum = self.server?.maximumPacketSize,
                Packet.publish(publish).encodedSize(version: .v5) > maximum
            {
                publish.properties.topicAlias = nil
            } else {
                self.outgoingAliases[publish.topic] = alias
            }
        }
        self.write(.publish(publish))
    }

    /// A message with its topic in the place of its alias.
    ///
    /// - Returns: Nil when the server used an alias that it may not use, and the connection is over.
    func resolved(_ publish: Publish, _ connection: ClientConnection) -> Publish? {
        guard let alias = publish.properties.topicAlias else { return publish }
        guard Int(alias) <= self.configuration.topicAliasMaximum else {
            let maximum = self.configuration.topicAliasMaximum
            self.violated(connection, .topicAliasInvalid, "topic alias \(alias) came, above the maximum of \(maximum)")
            return nil
        }
        var publish = publish
        publish.properties.topicAlias = nil
        if publish.topic.isEmpty {
            guard let topic = self.incomingAliases[alias] else {
                self.violated(connection, .protocolError, "topic alias \(alias) came without a topic")
                return nil
            }
            publish.topic = topic
        } else {
            self.incomingAliases[alias] = publish.topic
        }
        return publish
    }
}
