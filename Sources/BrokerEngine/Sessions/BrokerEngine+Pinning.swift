import Journal
import StateStore

/// QoS 2 messages of shared groups: each goes into the queue of one session, and is that session's from then on, over reconnects and
/// crashes, and not given to another one when the session ends ([MQTT-4.8.2-4], [MQTT-4.8.2-5]).
///
/// What leaves the group and what comes into the queue are one record, as in a commit, with a message of its own: all or nothing of it
/// survives a crash, a page that fails is tried again with it, and it is sent when it is durable.
extension BrokerEngine {
    /// Whether a message goes out with QoS 2 to a member of its group.
    @inline(__always)
    func isExactlyOnce(_ message: Int32, to member: SharedGroup.Member) -> Bool {
        messages.slots[Int(message)].qos == 2 && subscriptions[Int(member.subscription)].qos == 2
    }

    /// Whether a QoS 2 message may go into the queue of a member: it would be sent at once when it is durable.
    mutating func mayPin(_ message: Int32, of group: Int32, to session: Int32, _ connection: Int) -> Bool {
        let at = Int(session)
        let isJournaled = log.isOn && (sessions[at].isPersistent || isStored(message, ofGroup: group))
        guard !isJournaled || log.takesMessages, messages.slots[Int(message)].page <= log.durable else { return false }
        let unsent = Int(sessions[at].queue.tail - max(sessions[at].queue.next, sessions[at].queue.head))
        return sessions[at].inflight + unsent < min(connections[connection].receiveMaximum, limits.inflightPerSession)
            && sessions[at].queue.pending < limits.queuedMessagesPerSession
    }

    /// Whether a crash brings a message of a group back.
    private mutating func isStored(_ message: Int32, ofGroup group: Int32) -> Bool {
        messages.slots[Int(message)].page != 0
            && messages.slots[Int(message)].sequence >= groups[Int(group)].durableFrom
    }

    /// Takes a message out of its group and puts it into the queue of a member.
    mutating func pin(_ message: Int32, of group: Int32, to member: SharedGroup.Member) {
        let at = Int(member.session)
        let identifiers = subscriptions[Int(member.subscription)].identifiers
        let position = sessions[at].queue.tail
        let isStored = log.isOn && isStored(message, ofGroup: group)
        let isPersistent = log.isOn && sessions[at].isPersistent
        var own = message
        let past = endedDeliveries(message, ofGroup: group)
        if isStored || isPersistent { own = copyIntoCommit(message) }
        identifierSets.retain(identifiers)
        sessions[at].queue.append(DeliveryEntry(message: own, identifiers: identifiers, qos: 2, retain: false))
        sessions[at].queuedBytes += Int(messages.slots[Int(own)].bodyLength)
        messages.retain(own)
        if isStored { journalDone(message, ofGroup: group) }
        if isPersistent {
            durableGroups.removeAll(keepingCapacity: true)
            durableTargets.removeAll(keepingCapacity: true)
            durableTargets.append(
                DurableTarget(
                    session: member.session,
                    position: position,
                    qos: 2,
                    retain: false,
                    identifiers: identifiers
                )
            )
            _ = journalStored(own, retained: false)
        }
        if isStored || isPersistent { log.endCommit() }
        release(message, ofGroup: group)
        let next = sessions[at].queue.next
        if let first = sessions[at].pins.first, first.position < next {
            sessions[at].pins.removeAll { $0.position < next }
        }
        sessions[at].pins.append(
            PinnedDelivery(position: position, group: group, deliveryID: groups[Int(group)].deliveryID, past: past)
        )
        pumpLater(session: member.session)
    }

    /// Begins a record whose facts are true together, and makes a copy of a message for it that nobody sees before it is durable.
    private mutating func copyIntoCommit(_ message: Int32) -> Int32 {
        let copy = messages.duplicate(message, sequence: nextSequence)
        nextSequence += 1
        hold(copy)
        messages.slots[Int(copy)].isInCommit = true
        messages.slots[Int(copy)].arrived = messages.slots[Int(message)].arrived
        log.beginCommit()
        let clock = state.clock.last
        log.writer.append(varint: UInt64(clamping: clock.milliseconds))
        log.writer.append(varint: clock.counter)
        return copy
    }

    /// The connection of a session is lost: what was pinned to it and not sent goes back to its group, before everything that waits there.
    mutating func returnPins(of session: Int32) {
        guard !sessions[Int(session)].pins.isEmpty else { return }
        var pins: [PinnedDelivery] = []
        swap(&pins, &sessions[Int(session)].pins)
        for pin in pins where sessions[Int(session)].queue.contains(pin.position) {
            let entry = sessions[Int(session)].queue[pin.position]
            guard !entry.isDone, !entry.mayHaveBegun else { continue }
            let group = Int(pin.group)
            // Of a group that is no more it stays where it is: nobody else is left to get it, and its publisher was told that somebody will.
            guard groups[group].deliveryID == pin.deliveryID, !groups[group].members.isEmpty else { continue }
            giveBack(pin, of: session)
        }
    }

    private mutating func giveBack(_ pin: PinnedDelivery, of session: Int32) {
        let at = Int(session)
        let entry = sessions[at].queue[pin.position]
        let group = Int(pin.group)
        let wasJournaled = messages.slots[Int(entry.message)].page != 0 && sessions[at].isPersistent
        let isStored = log.isOn && groups[group].isDurable
        var message = entry.message
        if wasJournaled || isStored { message = copyIntoCommit(entry.message) }
        messages.retain(message)
        messages.slots[Int(message)].groupReferences += 1
        if wasJournaled { journalDone(pin.position, of: session) }
        if isStored {
            durableTargets.removeAll(keepingCapacity: true)
            durableGroups.removeAll(keepingCapacity: true)
            durableGroups.append(pin.group)
            _ = journalStored(message, retained: false)
        }
        if wasJournaled || isStored { log.endCommit() }
        sessions[at].queue.finish(pin.position)
        sessions[at].queuedBytes -= Int(messages.slots[Int(entry.message)].bodyLength)
        identifierSets.release(entry.identifiers)
        releaseMessage(entry.message)
        groups[group].queuedBytes += Int(messages.slots[Int(message)].bodyLength)
        if var past = pin.past {
            if historyBytes >= limits.attemptHistoryBytes { past.history = nil }
            takeOver(past, of: message, ofGroup: pin.group)
            journalAttempt(message, ofGroup: pin.group, until: nil)
        }
        let sequence = messages.slots[Int(message)].sequence
        let place =
            groups[group].returned.firstIndex { messages.slots[Int($0)].sequence < sequence }
            ?? groups[group].returned.count
        groups[group].returned.insert(message, at: place)
        groups[group].redistributed += 1
        statistics.redistributed += 1
        pumpLater(group: pin.group)
    }
}
