import MQTTPackets

/// Topic aliases of clients (MQTT 5.0 §3.3.2.3.4).
extension BrokerEngine {
    /// PUBLISH with a topic alias: handled as the same packet with its topic and without the alias.
    ///
    /// It is written once more to do so; who uses no alias pays nothing.
    mutating func receiveAliased(_ bytes: Span<UInt8>, _ view: PublishView, on connection: Int) throws(PacketError) {
        guard let alias = view.topicAlias, alias <= limits.topicAliases else {
            throw PacketError(
                reasonCode: .topicAliasInvalid,
                message: "topic alias \(view.topicAlias ?? 0) is above the maximum of \(limits.topicAliases)"
            )
        }
        if !view.topic.isEmpty {
            connections[connection].incomingAliases.set(alias, to: bytes.extracting(view.topic))
            guard connections[connection].incomingAliases.bytes <= limits.topicAliasBytes else {
                throw PacketError(
                    reasonCode: .quotaExceeded,
                    message: "the topics with an alias have more than \(limits.topicAliasBytes) bytes"
                )
            }
        }
        var packet: [UInt8] = []
        swap(&packet, &aliasScratch)
        defer { swap(&packet, &aliasScratch) }
        packet.removeAll(keepingCapacity: packet.count <= limits.spareOutputCapacity)
        guard connections[connection].incomingAliases.append(alias, to: &packet) else {
            throw PacketError(reasonCode: .protocolError, message: "topic alias \(alias) has no topic")
        }
        var whole = view
        whole.topicAlias = nil
        whole.topic = 0..<packet.count
        // The message expiry stays behind too; the view has it.
        let properties = packet.count
        PublishView.forEachPassThroughProperty(bytes, in: view.properties) {
            packet.append(span: bytes.extracting($0))
        }
        whole.properties = properties..<packet.count
        let payload = packet.count
        packet.append(span: bytes.extracting(view.payload))
        whole.payload = payload..<packet.count
        try receivePublish(packet.span, whole, on: connection)
    }
}
