package import MQTTPackets

/// Questions about retained messages.
extension BrokerEngine {
    /// Lists retained messages.
    ///
    /// - Parameters:
    ///   - filter: Only those whose topic it matches, as a subscription would.
    ///   - cursor: What the page before gave; 0 for the first.
    ///   - limit: How many at most.
    /// - Returns: A page of them, without their payloads.
    package func inspectRetained(
        _ filter: TopicFilter,
        from cursor: UInt64,
        limit: Int
    ) -> InspectionPage<InspectedRetained> {
        var page = InspectionPage<InspectedRetained>()
        var walk = InspectionCursor(cursor, end: retainedMessages.count, limit: limit, limits)
        while walk.isOpen {
            let message = retainedMessages[walk.place]
            let isListed = message >= 0 && isKept(message) && filter.matches(topic: messages.topic(of: message).span)
            if isListed { page.items.append(inspected(retained: message, withPayload: false)) }
            walk.pass(isListed: isListed)
        }
        page.next = walk.next
        return page
    }

    /// Shows the retained message of a topic.
    ///
    /// - Parameter topic: The topic.
    /// - Returns: The message with its payload; nil for none.
    package func inspectRetained(at topic: [UInt8]) -> InspectedRetained? {
        guard let node = retainedTopics.find(topic.span), Int(node) < retainedMessages.count,
            retainedMessages[Int(node)] >= 0, isKept(retainedMessages[Int(node)])
        else { return nil }
        return inspected(retained: retainedMessages[Int(node)], withPayload: true)
    }

    /// Whether a retained message is one that a subscriber would get.
    private func isKept(_ message: Int32) -> Bool { messages.slots[Int(message)].expiresAt > now.milliseconds }

    private func inspected(retained message: Int32, withPayload: Bool) -> InspectedRetained {
        let slot = messages.slots[Int(message)]
        let start = Int(slot.offset) + slot.payloadOffset
        let shown = min(slot.payloadLength, limits.inspectedPayloadBytes)
        return InspectedRetained(
            topic: String(decoding: messages.topic(of: message), as: UTF8.self),
            qos: slot.qos,
            payloadBytes: slot.payloadLength,
            age: age(of: message),
            expiresIn: slot.expiresAt == .max ? nil : Int((slot.expiresAt - now.milliseconds + 999) / 1_000),
            payload: withPayload ? Array(messages.chunks[Int(slot.chunk)].bytes[start..<start + shown]) : nil
        )
    }
}
