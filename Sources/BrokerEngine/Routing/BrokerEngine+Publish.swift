import MQTTPackets
import NIOCore

extension BrokerEngine {
    /// What became of a message.
    enum Routed {
        /// Somebody gets it; with true, the journal must be durable before the publisher is answered.
        case accepted(isDurable: Bool)
        /// Nobody is subscribed.
        case unmatched
        /// A limit was reached, or the journal takes nothing.
        case refused
    }

    /// Whose message it is.
    enum Origin {
        /// A client's PUBLISH.
        case client
        /// A will: nobody can be told what became of it.
        case will
        /// A `$SYS` report: not journaled.
        case system
        /// An answer of the state store: not journaled.
        case answer
        /// A commit: seen by nobody before its page is durable.
        case commit
    }

    /// PUBLISH from a client (MQTT 5.0 §3.3).
    mutating func receivePublish(_ bytes: Span<UInt8>, _ view: PublishView, on connection: Int) throws(PacketError) {
        if view.topicAlias != nil {
            try receiveAliased(bytes, view, on: connection)
            return
        }
        statistics.publishesReceived += 1
        if view.qos == .exactlyOnce, isRepeated(view, on: connection) { return }
        if isRequestTopic(bytes.extracting(view.topic)) {
            // The PUBACK of a request is held like that of a message, and counts like it.
            try checkReceiveMaximum(of: connection)
            try receiveRequest(bytes, view, on: connection)
            return
        }
        if isOwnTopic(bytes.extracting(view.topic)) {
            rejectPublish(view, .notAuthorized, on: connection)
            return
        }
        guard mayPublish(bytes.extracting(view.topic), on: connection) else {
            rejectPublish(view, .notAuthorized, on: connection)
            return
        }
        guard hasGoodFormat(view.payloadFormatIndicator, bytes.extracting(view.payload)) else {
            rejectPublish(view, .payloadFormatInvalid, on: connection)
            return
        }
        guard view.qos == .atLeastOnce else {
            if view.qos == .exactlyOnce {
                try receiveExactlyOnce(bytes, view, on: connection)
            } else {
                _ = route(bytes, view, qos: 0, publisher: connections[connection].session, origin: .client)
            }
            return
        }
        try checkReceiveMaximum(of: connection)
        guard !isInHandshake(view.packetIdentifier, on: connection) else {
            try rejectIdentifierInUse(view.packetIdentifier, on: connection)
            return
        }
        let routed = route(bytes, view, qos: 1, publisher: connections[connection].session, origin: .client)
        switch routed {
        case .accepted(let isDurable):
            acknowledgePublish(view.packetIdentifier, .success, on: connection, after: isDurable ? log.open : 0)
        case .unmatched: acknowledgePublish(view.packetIdentifier, .noMatchingSubscribers, on: connection, after: 0)
        case .refused: refusePublish(view, on: connection)
        }
    }

    @inline(__always)
    func checkReceiveMaximum(of connection: Int) throws(PacketError) {
        // 3.1.1 knows no Receive Maximum: its bound is the number of packet identifiers.
        let most = connections[connection].version == .v5 ? limits.receiveMaximum : .max
        if connections[connection].heldPublishes + connections[connection].openHandshakes >= Int(most) {
            throw PacketError(
                reasonCode: .receiveMaximumExceeded,
                message: "more than \(most) messages without PUBACK or PUBCOMP"
            )
        }
    }

    /// `$SYS` is the broker's own.
    func isSystemTopic(_ topic: Span<UInt8>) -> Bool {
        guard topic.count >= 4, topic[0] == UInt8(ascii: "$"), topic[1] == UInt8(ascii: "S"),
            topic[2] == UInt8(ascii: "Y"), topic[3] == UInt8(ascii: "S")
        else { return false }
        return topic.count == 4 || topic[4] == UInt8(ascii: "/")
    }

    /// 0x97, or for a 3.1.1 client, which knows no reason in PUBACK and PUBREC, the end of the connection.
    mutating func refusePublish(_ view: PublishView, on connection: Int) {
        statistics.refused += 1
        if connections[connection].version == .v5 {
            rejectPublish(view, .quotaExceeded, on: connection)
        } else {
            refuse(
                connection,
                PacketError(reasonCode: .quotaExceeded, message: "the message was refused: a limit is reached")
            )
        }
    }

    /// Answers a message that is not taken, in the word of its QoS; with 3.1.1, which has no reasons there, as if it were.
    mutating func rejectPublish(_ view: PublishView, _ reason: ReasonCode, on connection: Int) {
        switch view.qos {
        case .atMostOnce: break
        case .atLeastOnce: acknowledgePublish(view.packetIdentifier, reason, on: connection, after: 0)
        case .exactlyOnce: answerPublish(.pubrec, view.packetIdentifier, reason, on: connection, after: 0)
        }
    }

    /// A packet identifier of a QoS 2 handshake that is not over, on another message (MQTT 5.0 §2.2.1).
    private mutating func rejectIdentifierInUse(_ identifier: UInt16, on connection: Int) throws(PacketError) {
        guard connections[connection].version == .v5 else {
            throw PacketError(
                reasonCode: .protocolError,
                message: "packet identifier \(identifier) is in use by a QoS 2 message"
            )
        }
        acknowledgePublish(identifier, .packetIdentifierInUse, on: connection, after: 0)
    }

    /// PUBACK: at once, or behind the page it depends on and behind what is held already ([MQTT-4.6.0-2]).
    @inline(__always)
    mutating func acknowledgePublish(
        _ identifier: UInt16,
        _ reason: ReasonCode,
        on connection: Int,
        after page: UInt64
    ) {
        writeAnswer(0x40, identifier, reason, on: connection, after: page, publishes: 1)
    }

    /// Publishes what the broker itself sends: a will, a `$SYS` report.
    mutating func publishPacket(
        _ packets: [UInt8],
        _ range: Range<Int>? = nil,
        qos: UInt8,
        publisher: Int32,
        origin: Origin
    ) {
        let bytes = packets.span.extracting(range ?? packets.indices)
        guard let header = try? FixedHeader.parse(bytes, from: 0, limits: limits.packet),
            let view = try? PublishView.parse(bytes, packetAt: 0, header: header, version: .v5, limits: limits.packet)
        else { return }
        if case .refused = route(bytes, view, qos: qos, publisher: publisher, origin: origin) {
            statistics.refused += 1
        }
    }

    /// Finds who gets a message and queues it for them.
    mutating func route(
        _ bytes: Span<UInt8>,
        _ view: PublishView,
        qos: UInt8,
        publisher: Int32,
        origin: Origin
    ) -> Routed {
        let isSystem = origin == .system
        let isUnjournaled = isSystem || origin == .answer
        let index = matchIndex(bytes, view.topic)
        if cache.entries[index].set.isEmpty, !view.retain { return .unmatched }
        let length = view.topic.count + view.properties.count + view.payload.count
        if messages.storedBytes + length > limits.storedBytes, !isSystem {
            return .refused
        }
        let isDurable = log.isOn && !isUnjournaled && needsJournal(index, qos: qos, retain: view.retain)
        if isDurable, !log.takesMessages { return .refused }
        if qos > 0, hasFullGroup(index, length) { return .refused }
        if view.retain, !hasRoomForRetained(bytes, view) { return .refused }

        var parts = MessageParts(topic: view.topic, properties: view.properties, payload: view.payload, qos: qos)
        if !view.passesThroughWhole { parts.propertyRanges = passThroughRanges(bytes, view) }
        // No interval means for ever here, not even the longest.
        if let expiry = view.messageExpiryInterval { parts.expiresAt = now.milliseconds + Int64(expiry) * 1_000 }
        let message = messages.insert(sequence: nextSequence, bytes: bytes, parts: parts)
        nextSequence += 1
        messages.slots[Int(message)].isOwn = origin != .client
        if origin == .commit, log.isOn {
            hold(message)
            messages.slots[Int(message)].isInCommit = true
        } else if qos == 2, origin == .client, log.isOn, isDurable || sessions[Int(publisher)].isPersistent {
            // Its publisher may have to send it again, after a crash or a refusal, and nobody may have got it before.
            hold(message)
        }
        // Held while the copies are made, so that a delivery done at once does not free it.
        messages.retain(message)
        durableTargets.removeAll(keepingCapacity: true)
        durableGroups.removeAll(keepingCapacity: true)
        var taken = offerToSessions(index, message, qos: qos, retain: view.retain, publisher: publisher)
        taken = offerToGroups(index, message, qos: qos) || taken
        let isKept = view.retain && !view.payload.isEmpty
        var isJournaled = view.retain && setRetained(message, isSystem: isSystem, isCleared: !isKept, by: publisher)
        if isDurable, journalStored(message, retained: isKept) { isJournaled = true }
        releaseMessage(message)
        if !taken, !view.retain { return .refused }
        return .accepted(isDurable: isJournaled)
    }

    private func passThroughRanges(_ bytes: Span<UInt8>, _ view: PublishView) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        PublishView.forEachPassThroughProperty(bytes, in: view.properties) { ranges.append($0) }
        return ranges
    }

    /// Whether anything durable depends on a message: a persistent session, a group with one, or a retained topic.
    mutating func needsJournal(_ index: Int, qos: UInt8, retain: Bool) -> Bool {
        if retain { return true }
        guard qos > 0 else { return false }
        for group in cache.entries[index].set.groups where groups[Int(group)].isDurable { return true }
        for target in cache.entries[index].set.targets
        where target.qos > 0 && sessions[Int(target.session)].isPersistent { return true }
        return false
    }

    /// Whether a group of a match has no room for a message of a length, with `others` more messages before it.
    mutating func hasFullGroup(_ index: Int, _ length: Int, behind others: Int = 0) -> Bool {
        for group in cache.entries[index].set.groups {
            if groups[Int(group)].backlog + others >= limits.queuedMessagesPerGroup { return true }
            if groups[Int(group)].queuedBytes + length > limits.queuedBytesPerGroup { return true }
        }
        return false
    }

    /// Queues a message for the ordinary subscriptions; true when one of them took it.
    private mutating func offerToSessions(
        _ index: Int,
        _ message: Int32,
        qos: UInt8,
        retain: Bool,
        publisher: Int32
    ) -> Bool {
        var taken = false
        var at = 0
        while at < cache.entries[index].set.targets.count {
            var target = cache.entries[index].set.targets[at]
            at += 1
            let needsLocal = target.hasNoLocal && target.session == publisher
            if needsLocal {
                guard let local = localTarget(target, message) else {
                    taken = true
                    continue
                }
                target = local
            }
            defer { if needsLocal { identifierSets.release(target.identifiers) } }
            let keepsRetain = retain && target.retainAsPublished
            let granted = min(qos, target.qos)
            if granted == 0, messages.slots[Int(message)].isHeld {
                taken = true
                queueHeld(message, for: target, retain: keepsRetain)
            } else if granted == 0 {
                sendAtMostOnce(message, to: target.session, retain: keepsRetain, identifiers: target.identifiers)
                taken = true
            } else if enqueue(message, for: target, qos: granted, retain: keepsRetain) {
                taken = true
            }
        }
        return taken
    }

    /// Queues a copy of QoS 0 that may not be sent yet; it is dropped where one that may be sent would be.
    private mutating func queueHeld(_ message: Int32, for target: MatchSet.Target, retain: Bool) {
        guard sessions[Int(target.session)].connection >= 0 else {
            statistics.droppedQoS0 += 1
            return
        }
        _ = enqueue(message, for: target, qos: 0, retain: retain)
    }

    mutating func enqueue(_ message: Int32, for target: MatchSet.Target, qos: UInt8, retain: Bool) -> Bool {
        let at = Int(target.session)
        let length = Int(messages.slots[Int(message)].bodyLength)
        guard sessions[at].queue.pending < limits.queuedMessagesPerSession,
            sessions[at].queuedBytes + length <= limits.queuedBytesPerSession
        else {
            statistics.droppedQueueFull += 1
            return false
        }
        if log.isOn, sessions[at].isPersistent, qos > 0 {
            durableTargets.append(
                DurableTarget(
                    session: target.session,
                    position: sessions[at].queue.tail,
                    qos: qos,
                    retain: retain,
                    identifiers: target.identifiers
                )
            )
        }
        identifierSets.retain(target.identifiers)
        sessions[at].queue.append(
            DeliveryEntry(message: message, identifiers: target.identifiers, qos: qos, retain: retain)
        )
        sessions[at].queuedBytes += length
        messages.retain(message)
        pumpLater(session: target.session)
        return true
    }

    /// Queues a message for the shared groups; true when there was one.
    private mutating func offerToGroups(_ index: Int, _ message: Int32, qos: UInt8) -> Bool {
        var at = 0
        while at < cache.entries[index].set.groups.count {
            let group = cache.entries[index].set.groups[at]
            at += 1
            if qos == 0 {
                if messages.slots[Int(message)].isHeld {
                    holdCopy(message, ofGroup: group)
                } else {
                    sendAtMostOnce(message, toGroup: group)
                }
                continue
            }
            if log.isOn, groups[Int(group)].isDurable { durableGroups.append(group) }
            groups[Int(group)].waiting.append(message)
            groups[Int(group)].queuedBytes += Int(messages.slots[Int(message)].bodyLength)
            messages.retain(message)
            messages.slots[Int(message)].groupReferences += 1
            pumpLater(group: group)
        }
        return at > 0
    }

    /// One receiver fewer needs a message; the last frees it.
    @inline(__always)
    mutating func releaseMessage(_ message: Int32, ofGroup isGroup: Bool = false) {
        if isGroup { messages.slots[Int(message)].groupReferences -= 1 }
        guard messages.release(message) else { return }
        if messages.slots[Int(message)].page != 0 { log.died(messages.slots[Int(message)].fact) }
        messages.remove(message)
    }
}
