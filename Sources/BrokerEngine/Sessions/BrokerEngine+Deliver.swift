import MQTTPackets
import NIOCore

extension BrokerEngine {
    // MARK: What is pumped at the end of the turn

    @inline(__always)
    mutating func pumpLater(session: Int32) {
        guard !sessions[Int(session)].isPumpPending else { return }
        sessions[Int(session)].isPumpPending = true
        pendingSessions.append(session)
    }

    @inline(__always)
    mutating func pumpLater(group: Int32) {
        guard !groups[Int(group)].isPumpPending else { return }
        groups[Int(group)].isPumpPending = true
        pendingGroups.append(group)
    }

    /// A connection has room again: its session's queue and groups may go on.
    mutating func pumpLater(connection: Int) {
        let session = connections[connection].session
        if session >= 0 { roomInSession(session) }
    }

    /// A session has room again.
    @inline(__always)
    mutating func roomInSession(_ session: Int32) {
        let at = Int(session)
        if sessions[at].queue.hasUnsent { pumpLater(session: session) }
        pumpGroups(of: session)
    }

    /// The groups a session is a member of may go on.
    @inline(__always)
    mutating func pumpGroups(of session: Int32) {
        let at = Int(session)
        var index = 0
        while index < sessions[at].groups.count {
            let group = sessions[at].groups[index]
            if groups[Int(group)].queued > 0 { pumpLater(group: group) }
            index += 1
        }
    }

    // MARK: Ordinary subscriptions

    /// Sends what waits for a session, as far as its window and its socket have room.
    mutating func pump(session: Int32) {
        let at = Int(session)
        guard sessions[at].connection >= 0 else { return }
        let connection = Int(sessions[at].connection)
        // What is not sent after all leaves room for what a group may pin to the session.
        var hasDropped = false
        defer { if hasDropped { pumpGroups(of: session) } }
        while sessions[at].queue.hasUnsent, takesOutput(connection) {
            let position = sessions[at].queue.next
            guard position - sessions[at].queue.head < DeliveryQueue.lastIdentifier else { return }
            let entry = sessions[at].queue[position]
            if entry.isDone || entry.isConfirmed {
                sessions[at].queue.next += 1
                if !entry.isDone { resumeRelease(position, of: session) }
                continue
            }
            guard hasWindow(session, connection) else { return }
            sessions[at].queue.next += 1
            if !entry.wasSent, isObsolete(entry.message) || isUnstored(entry, of: session) {
                hasDropped = true
                giveUp(position, of: session)
                if entry.isInDoubt { resumeRelease(position, of: session) }
                continue
            }
            if mustWait(entry.message, for: connection) || (entry.qos == 2 && !mayBegin(position, of: session)) {
                sessions[at].queue.next = position
                pumpWhenDurable(session: session)
                return
            }
            let delivery = Delivery(
                qos: entry.qos,
                isDuplicate: entry.mayBeDuplicate,
                retain: entry.retain,
                identifiers: entry.identifiers,
                packetIdentifier: entry.qos == 0 ? 0 : DeliveryQueue.identifier(of: position)
            )
            let sent =
                connections[connection].isMartlet && entry.qos > 0
                ? deliver(entry.message, to: connection, delivery, facts(at: position, of: session))
                : deliver(entry.message, to: connection, delivery)
            if !sent { statistics.droppedTooLarge += 1 }
            guard sent, entry.qos > 0 else {
                hasDropped = true
                giveUp(position, of: session)
                if !sent, entry.qos == 2, entry.mayHaveBegun { resumeRelease(position, of: session) }
                continue
            }
            sessions[at].queue[position].isInflight = true
            sessions[at].ownInflight += 1
        }
    }

    /// Whether a session may be sent one more message of QoS 1 or 2 now.
    @inline(__always)
    private func hasRoom(_ session: Int32, _ connection: Int) -> Bool {
        takesOutput(connection) && hasWindow(session, connection)
    }

    /// Whether more may be written for a connection.
    @inline(__always)
    private func takesOutput(_ connection: Int) -> Bool {
        connections[connection].takesDeliveries
            && connections[connection].output.readableBytes < limits.outputBytesPerConnection
    }

    /// Whether fewer messages are in flight to a session than may be.
    @inline(__always)
    private func hasWindow(_ session: Int32, _ connection: Int) -> Bool {
        sessions[Int(session)].inflight < min(connections[connection].receiveMaximum, limits.inflightPerSession)
    }

    /// Whether a message is not to be sent any more: expired ([MQTT-3.3.2-5]), or refused after it was queued.
    @inline(__always)
    private mutating func isObsolete(_ message: Int32) -> Bool {
        if messages.slots[Int(message)].isRefused { return true }
        guard messages.slots[Int(message)].expiresAt <= now.milliseconds else { return false }
        statistics.expired += 1
        return true
    }

    /// Whether a message is not to be seen yet.
    ///
    /// What a commit publishes waits until it is durable: after a crash the commit would be made again, and the message published
    /// twice. And who may commit is shown no message that a crash could take back or a full journal refuse.
    @inline(__always)
    private func mustWait(_ message: Int32, for connection: Int) -> Bool {
        messages.slots[Int(message)].isHeld
            || (connections[connection].isMartlet && messages.slots[Int(message)].page > log.durable)
    }

    /// An entry of a session's queue is done: acknowledged, expired or not to be sent.
    mutating func finish(_ position: UInt64, of session: Int32) {
        let at = Int(session)
        let entry = sessions[at].queue[position]
        if entry.isInflight { sessions[at].ownInflight -= 1 }
        sessions[at].queue.finish(position)
        sessions[at].queuedBytes -= Int(messages.slots[Int(entry.message)].bodyLength)
        identifierSets.release(entry.identifiers)
        if messages.slots[Int(entry.message)].page != 0, sessions[at].isPersistent, entry.qos > 0 {
            journalLater(position, of: session)
        }
        releaseMessage(entry.message)
    }

    // MARK: Shared subscriptions

    /// Sends what waits for a group, to one member after the other, as long as one has room (strict round robin).
    mutating func pump(group: Int32) {
        let at = Int(group)
        while groups[at].queued > 0 {
            let isReturned = !groups[at].returned.isEmpty
            guard let message = first(of: group) else { return }
            if messages.slots[Int(message)].isHeld {
                pumpWhenDurable(group: group)
                return
            }
            if isObsolete(message) {
                takeFirst(of: group)
                finish(message, ofGroup: group)
                continue
            }
            if let member = nextMember(of: group, for: message) {
                takeFirst(of: group)
                if isExactlyOnce(message, to: member) {
                    pin(message, of: group, to: member)
                } else {
                    send(message, of: group, to: member, isReturned: isReturned)
                }
            } else if isTooLargeForAll(message, of: group) {
                takeFirst(of: group)
                statistics.droppedTooLarge += 1
                finish(message, ofGroup: group)
            } else {
                if messages.slots[Int(message)].page > log.durable { pumpWhenDurable(group: group) }
                return
            }
        }
    }

    /// What goes out next for a group.
    @inline(__always)
    func first(of group: Int32) -> Int32? {
        let at = Int(group)
        return groups[at].returned.last ?? (groups[at].waiting.isEmpty ? nil : groups[at].waiting[0])
    }

    @inline(__always)
    mutating func takeFirst(of group: Int32) {
        let at = Int(group)
        let message = groups[at].returned.popLast() ?? groups[at].waiting.popFirst()
        if let message { groups[at].queuedBytes -= Int(messages.slots[Int(message)].bodyLength) }
    }

    private mutating func send(_ message: Int32, of group: Int32, to member: SharedGroup.Member, isReturned: Bool) {
        let session = Int(member.session)
        let connection = Int(sessions[session].connection)
        var delivery = Delivery(
            qos: min(subscriptions[Int(member.subscription)].qos, messages.slots[Int(message)].qos),
            isDuplicate: false,
            retain: false,
            identifiers: subscriptions[Int(member.subscription)].identifiers,
            packetIdentifier: 0
        )
        if delivery.qos > 0 {
            delivery.isDuplicate = isReturned || messages.slots[Int(message)].sequence < recoveredBelow
            delivery.packetIdentifier = sessions[session].shared.insert(message: message, group: group)
            groups[Int(group)].inflight += 1
            if delivery.isDuplicate { groups[Int(group)].redelivered += 1 }
        }
        // It fits: the member was chosen for the message.
        if connections[connection].isMartlet, delivery.qos > 0 {
            let facts = facts(of: message, ofGroup: group)
            sessions[session].sharedByIdentity[facts.identity] = delivery.packetIdentifier
            _ = deliver(message, to: connection, delivery, facts)
        } else {
            _ = deliver(message, to: connection, delivery)
        }
        if delivery.qos == 0 { finish(message, ofGroup: group) }
    }

    /// The next member in turn that is connected, has room and takes a packet of that size; the round goes on behind it.
    private mutating func nextMember(of group: Int32, for message: Int32) -> SharedGroup.Member? {
        let at = Int(group)
        let count = groups[at].members.count
        var looked = 0
        while looked < count {
            if groups[at].cursor >= count { groups[at].cursor = 0 }
            let member = groups[at].members[groups[at].cursor]
            groups[at].cursor += 1
            looked += 1
            let connection = sessions[Int(member.session)].connection
            if connection >= 0, hasRoom(member.session, Int(connection)), !sessions[Int(member.session)].shared.isFull,
                fits(message, member, Int(connection)), !mustWait(message, for: Int(connection)),
                !isExactlyOnce(message, to: member) || mayPin(message, of: group, to: member.session, Int(connection))
            {
                return member
            }
        }
        return nil
    }

    /// Whether a member takes a packet as large as its delivery of a message would be.
    @inline(__always)
    private mutating func fits(_ message: Int32, _ member: SharedGroup.Member, _ connection: Int) -> Bool {
        // What may be added to a body: fixed header, message expiry, one subscription identifier, a longer length of the properties;
        // and the delivery facts.
        let margin = connections[connection].isMartlet ? 128 : 16
        let most = connections[connection].maximumPacketSize
        return Int(messages.slots[Int(message)].bodyLength) + margin <= most
            || packetSize(message, of: member, on: connection) <= most
    }

    private mutating func packetSize(_ message: Int32, of member: SharedGroup.Member, on connection: Int) -> Int {
        let subscription = subscriptions[Int(member.subscription)]
        let hasFacts = connections[connection].isMartlet && subscription.qos > 0
        return DeliverySize(
            of: messages.slots[Int(message)],
            qos: subscription.qos,
            version: connections[connection].version,
            identifiers: subscription.identifiers < 0 ? [] : identifierSets[subscription.identifiers],
            facts: hasFacts ? facts(of: message, ofGroup: subscription.group) : nil
        ).packet
    }

    /// Whether members are connected and none of them takes a packet of that size (MQTT 5.0 §3.1.2.11.4).
    private mutating func isTooLargeForAll(_ message: Int32, of group: Int32) -> Bool {
        var isAnyConnected = false
        for member in groups[Int(group)].members {
            let connection = sessions[Int(member.session)].connection
            guard connection >= 0 else { continue }
            if fits(message, member, Int(connection)) { return false }
            isAnyConnected = true
        }
        return isAnyConnected
    }

    /// A message is done for a group.
    mutating func finish(_ message: Int32, ofGroup group: Int32) {
        if messages.slots[Int(message)].page != 0,
            messages.slots[Int(message)].sequence >= groups[Int(group)].durableFrom
        {
            journalLater(messages.slots[Int(message)].sequence, ofGroup: group)
        }
        release(message, ofGroup: group)
    }

    /// A group does not have a message any more.
    @inline(__always)
    mutating func release(_ message: Int32, ofGroup group: Int32) {
        if messages.slots[Int(message)].hasAttempts { forgetAttempts(message, ofGroup: group) }
        releaseMessage(message, ofGroup: true)
    }

    /// Shared deliveries in flight to a session that lost its connection go back to their groups, before everything newer, and
    /// at once to another member.
    ///
    /// - Parameters:
    ///   - session: Whose deliveries.
    ///   - isAttempt: Whether they count as delivered in vain.
    mutating func handBack(of session: Int32, isAttempt: Bool) {
        let slots = sessions[Int(session)].shared.removeAll()
        sessions[Int(session)].sharedByIdentity.removeAll()
        guard !slots.isEmpty else { return }
        var touched: Set<Int32> = []
        for slot in slots {
            groups[Int(slot.group)].inflight -= 1
            guard !groups[Int(slot.group)].members.isEmpty else {
                finish(slot.message, ofGroup: slot.group)
                removeGroupIfDone(slot.group)
                continue
            }
            if isAttempt { countAttempt(slot.message, ofGroup: slot.group) }
            groups[Int(slot.group)].returned.append(slot.message)
            groups[Int(slot.group)].queuedBytes += Int(messages.slots[Int(slot.message)].bodyLength)
            groups[Int(slot.group)].redistributed += 1
            statistics.redistributed += 1
            touched.insert(slot.group)
        }
        for group in touched.sorted() {
            var returned: [Int32] = []
            swap(&returned, &groups[Int(group)].returned)
            returned.sort { messages.slots[Int($0)].sequence > messages.slots[Int($1)].sequence }
            groups[Int(group)].returned = returned
            pumpLater(group: group)
        }
    }

    // MARK: QoS 0

    /// Sends a copy that nobody acknowledges, or drops it when its receiver is away or has no room.
    mutating func sendAtMostOnce(_ message: Int32, to session: Int32, retain: Bool, identifiers: Int32) {
        let connection = sessions[Int(session)].connection
        guard connection >= 0, hasRoomForAtMostOnce(Int(connection)) else {
            statistics.droppedQoS0 += 1
            return
        }
        let delivery = Delivery(
            qos: 0,
            isDuplicate: false,
            retain: retain,
            identifiers: identifiers,
            packetIdentifier: 0
        )
        if !deliver(message, to: Int(connection), delivery) { statistics.droppedTooLarge += 1 }
    }

    /// Sends a QoS 0 message to the next member of a group that can take it.
    mutating func sendAtMostOnce(_ message: Int32, toGroup group: Int32) {
        let at = Int(group)
        let count = groups[at].members.count
        var looked = 0
        while looked < count {
            if groups[at].cursor >= count { groups[at].cursor = 0 }
            let member = groups[at].members[groups[at].cursor]
            groups[at].cursor += 1
            looked += 1
            let connection = sessions[Int(member.session)].connection
            guard connection >= 0, hasRoomForAtMostOnce(Int(connection)) else { continue }
            let identifiers = subscriptions[Int(member.subscription)].identifiers
            sendAtMostOnce(message, to: member.session, retain: false, identifiers: identifiers)
            return
        }
        statistics.droppedQoS0 += 1
    }

    /// Whether a session is connected and takes a copy that nobody acknowledges.
    mutating func hasRoomForAtMostOnce(of session: Int32) -> Bool {
        let connection = sessions[Int(session)].connection
        return connection >= 0 && hasRoomForAtMostOnce(Int(connection))
    }

    private mutating func hasRoomForAtMostOnce(_ connection: Int) -> Bool {
        connections[connection].takesDeliveries
            && connections[connection].output.readableBytes < limits.outputBytesPerConnection
    }
}
