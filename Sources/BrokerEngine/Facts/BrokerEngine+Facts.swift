import Journal
import StateStore

/// Writing facts. Each is written where it is decided, and read back by `BrokerEngine+Recovery`.
extension BrokerEngine {
    /// Begins a record; where it begins.
    @inline(__always)
    mutating func begin(_ kind: FactKind) -> Int {
        let start = log.writer.byteCount
        log.begin(kind)
        return start
    }

    /// Ends the record of a fact that is alive now, on the open page.
    mutating func end(from start: Int, _ fact: FactPlace) -> FactPlace {
        log.end()
        if fact.isWritten { log.died(fact) }
        let place = FactPlace(page: log.open, bytes: log.writer.byteCount - start)
        log.born(place)
        return place
    }

    mutating func journalStarted() {
        guard log.isOn else { return }
        let start = begin(.started)
        log.writer.append(nextSequence)
        log.writer.append(nextSessionID)
        log.writer.append(nextGroupID)
        let clock = state.clock.last
        log.writer.append(varint: UInt64(clamping: clock.milliseconds))
        log.writer.append(varint: clock.counter)
        started = end(from: start, started)
    }

    // MARK: Sessions

    /// Writes a persistent session as it is; true when the journal did not have it yet.
    mutating func journalSession(_ session: Int32) -> Bool {
        let at = Int(session)
        guard log.isOn, sessions[at].isPersistent else { return false }
        let start = begin(.session)
        log.writer.append(varint: sessions[at].id)
        log.writer.append(varint: UInt64(sessions[at].expiry))
        log.writer.append(varint: UInt64(sessions[at].clientIdentifier.count))
        log.writer.append(bytes: sessions[at].clientIdentifier)
        if let will = sessions[at].will {
            log.writer.append(UInt8(1))
            log.writer.append(will.qos)
            log.writer.append(varint: UInt64(will.delay))
            log.writer.append(varint: UInt64(will.packet.count))
            log.writer.append(bytes: will.packet)
        } else {
            log.writer.append(UInt8(0))
        }
        let isNew = !sessions[at].fact.isWritten
        sessions[at].fact = end(from: start, sessions[at].fact)
        return isNew
    }

    mutating func journalSessionEnded(_ session: Int32) {
        let at = Int(session)
        guard sessions[at].fact.isWritten else { return }
        _ = begin(.sessionEnded)
        log.writer.append(varint: sessions[at].id)
        log.end()
        sessionEndedOn[sessions[at].clientIdentifier] = log.open
        log.died(sessions[at].fact)
        sessions[at].fact = FactPlace()
    }

    /// Writes since when a session is without a connection, and whether its will is still due.
    mutating func journalDisconnected(_ session: Int32) {
        let at = Int(session)
        guard sessions[at].fact.isWritten else { return }
        _ = begin(.disconnected)
        log.writer.append(varint: sessions[at].id)
        log.writer.append(UInt64(bitPattern: sessions[at].endsAt.milliseconds))
        log.writer.append(UInt64(bitPattern: sessions[at].willAt.milliseconds))
        log.writer.append(UInt8(sessions[at].will == nil ? 0 : 1))
        log.end()
    }

    /// A session became persistent, or is not any more.
    mutating func changePersistence(of session: Int32, to isPersistent: Bool) {
        let at = Int(session)
        for group in sessions[at].groups {
            groups[Int(group)].persistentMembers += isPersistent ? 1 : -1
            if isPersistent, groups[Int(group)].persistentMembers == 1 { journalGroup(group) }
            if !isPersistent, groups[Int(group)].persistentMembers == 0 { journalGroupEnded(group) }
        }
        if isPersistent {
            _ = journalSession(session)
            for subscription in sessions[at].subscriptions.values.sorted() { journalSubscription(subscription) }
        } else {
            for subscription in sessions[at].subscriptions.values.sorted()
            where subscriptions[Int(subscription)].fact.isWritten {
                log.died(subscriptions[Int(subscription)].fact)
                subscriptions[Int(subscription)].fact = FactPlace()
            }
            sessions[at].acknowledged.removeAll()
            forgetReceiptFacts(of: session)
            journalSessionEnded(session)
        }
    }

    // MARK: Subscriptions and groups

    mutating func journalSubscription(_ handle: Int32) {
        let at = Int(handle)
        let session = Int(subscriptions[at].session)
        guard log.isOn, sessions[session].isPersistent else { return }
        let start = begin(.subscribed)
        log.writer.append(varint: sessions[session].id)
        log.writer.append(
            subscriptions[at].qos | (subscriptions[at].noLocal ? 4 : 0) | (subscriptions[at].retainAsPublished ? 8 : 0)
        )
        log.writer.append(varint: UInt64(subscriptions[at].identifier))
        log.writer.append(bytes: subscriptions[at].filter)
        subscriptions[at].fact = end(from: start, subscriptions[at].fact)
    }

    mutating func journalUnsubscribed(_ handle: Int32) {
        let at = Int(handle)
        guard subscriptions[at].fact.isWritten else { return }
        _ = begin(.unsubscribed)
        log.writer.append(varint: sessions[Int(subscriptions[at].session)].id)
        log.writer.append(bytes: subscriptions[at].filter)
        log.end()
    }

    /// Writes a group with a persistent member; when it had none before, what comes from now on is journaled for it.
    mutating func journalGroup(_ group: Int32) {
        let at = Int(group)
        guard log.isOn else { return }
        if !groups[at].fact.isWritten { groups[at].durableFrom = nextSequence }
        let start = begin(.group)
        log.writer.append(varint: groups[at].id)
        log.writer.append(bytes: groups[at].name)
        groups[at].fact = end(from: start, groups[at].fact)
    }

    mutating func journalGroupEnded(_ group: Int32) {
        let at = Int(group)
        guard groups[at].fact.isWritten else { return }
        _ = begin(.groupEnded)
        log.writer.append(varint: groups[at].id)
        log.end()
        log.died(groups[at].fact)
        groups[at].fact = FactPlace()
        groups[at].durableFrom = .max
        groups[at].acknowledged.removeAll()
        // What waits stays in memory for the members there are; it was never promised to outlive them.
        groupByID[groups[at].id] = nil
        groups[at].id = nextGroupID
        groupByID[nextGroupID] = group
        nextGroupID += 1
        // What no crash brings back any more needs no room in the journal: a QoS 2 message may go to a member now, see mayPin.
        if groups[at].queued > 0 { pumpLater(group: group) }
    }

    // MARK: Messages

    /// Writes a message with its durable receivers; false when there are none.
    mutating func journalStored(_ message: Int32, retained: Bool) -> Bool {
        guard retained || !durableTargets.isEmpty || !durableGroups.isEmpty else { return false }
        let at = Int(message)
        if messages.slots[at].arrived != log.arrived { journalArrived(messages.slots[at].arrived) }
        let start = begin(.stored)
        writeStored(message, retained: retained)
        messages.slots[at].fact = end(from: start, messages.slots[at].fact)
        log[log.open].messages.append(message)
        return true
    }

    /// Writes the second in which the messages behind it arrived: once a page and second, so that a message need not carry it.
    private mutating func journalArrived(_ second: UInt32) {
        _ = begin(.arrived)
        log.writer.append(varint: UInt64(second))
        log.end()
        log.arrived = second
    }

    private mutating func writeStored(_ message: Int32, retained: Bool) {
        let at = Int(message)
        log.writer.append(varint: messages.slots[at].sequence)
        let publisher = retained ? retainedPublisher(of: message) : 0
        log.writer.append(
            messages.slots[at].qos | (retained ? StoredFact.retainFlag : 0)
                | (publisher != 0 ? StoredFact.publisherFlag : 0)
        )
        if publisher != 0 { log.writer.append(publisher) }
        let expiresAt = messages.slots[at].expiresAt
        log.writer.append(varint: expiresAt == .max ? 0 : UInt64(expiresAt))
        log.writer.append(varint: UInt64(durableTargets.count))
        for target in durableTargets {
            log.writer.append(varint: sessions[Int(target.session)].id)
            log.writer.append(varint: target.position)
            let attempts = sessions[Int(target.session)].queue.attempts(at: target.position)
            var options = target.qos
            if target.retain { options |= StoredFact.retainFlag }
            if attempts > 0 { options |= StoredFact.attemptsFlag }
            if sessions[Int(target.session)].queue.isConfirmed(at: target.position) {
                options |= StoredFact.confirmedFlag
            }
            log.writer.append(options)
            let identifiers = target.identifiers < 0 ? [] : identifierSets[target.identifiers]
            log.writer.append(varint: UInt64(identifiers.count))
            for identifier in identifiers { log.writer.append(varint: UInt64(identifier)) }
            if attempts > 0 { log.writer.append(varint: UInt64(attempts)) }
        }
        log.writer.append(varint: UInt64(durableGroups.count))
        for group in durableGroups {
            let attempts = ended(message, ofGroup: group)
            log.writer.append(varint: groups[Int(group)].id << 1 | (attempts > 0 ? 1 : 0))
            guard attempts > 0 else { continue }
            log.writer.append(varint: UInt64(attempts))
            log.writer.append(varint: UInt64(groups[Int(group)].delayed[message]?.milliseconds ?? 0))
        }
        log.writer.append(varint: UInt64(messages.slots[at].topicLength))
        log.writer.append(varint: UInt64(messages.slots[at].propertiesLength))
        messages.appendBody(of: message, to: &log.writer)
    }

    mutating func journalRetainedCleared(_ topic: [UInt8]) {
        guard log.isOn else { return }
        _ = begin(.retainedCleared)
        log.writer.append(bytes: topic)
        log.end()
    }

    // MARK: Attempts

    /// Writes how often deliveries of a message of a group ended in vain.
    ///
    /// Like what says "done", it stands behind what it is about, and counts for nothing when that is gone.
    mutating func journalAttempt(_ message: Int32, ofGroup group: Int32, until due: EngineTime?) {
        guard messages.slots[Int(message)].page != 0,
            messages.slots[Int(message)].sequence >= groups[Int(group)].durableFrom
        else { return }
        _ = begin(.attempted)
        log.writer.append(DeliveryIdentity.Owner.group.rawValue)
        log.writer.append(varint: groups[Int(group)].id)
        log.writer.append(varint: messages.slots[Int(message)].sequence)
        log.writer.append(varint: UInt64(ended(message, ofGroup: group)))
        log.writer.append(varint: UInt64(due?.milliseconds ?? 0))
        (histories[AttemptKey(group: group, message: message)] ?? AttemptHistory()).write(to: &log.writer)
        log.end()
    }

    /// Writes how often deliveries of an entry of a session's queue ended in vain.
    mutating func journalAttempt(at position: UInt64, of session: Int32) {
        let entry = sessions[Int(session)].queue[position]
        guard messages.slots[Int(entry.message)].page != 0, sessions[Int(session)].isPersistent else { return }
        _ = begin(.attempted)
        log.writer.append(DeliveryIdentity.Owner.session.rawValue)
        log.writer.append(varint: sessions[Int(session)].id)
        log.writer.append(varint: position)
        log.writer.append(varint: UInt64(entry.attempts))
        log.writer.append(varint: 0)
        AttemptHistory().write(to: &log.writer)
        log.end()
    }

    // MARK: What is done

    @inline(__always)
    mutating func journalLater(_ position: UInt64, of session: Int32) {
        let at = Int(session)
        sessions[at].acknowledged.append(position)
        guard !sessions[at].isAcknowledgementPending else { return }
        sessions[at].isAcknowledgementPending = true
        acknowledgingSessions.append(session)
    }

    @inline(__always)
    mutating func journalLater(_ sequence: UInt64, ofGroup group: Int32) {
        let at = Int(group)
        groups[at].acknowledged.append(sequence)
        guard !groups[at].isAcknowledgementPending else { return }
        groups[at].isAcknowledgementPending = true
        acknowledgingGroups.append(group)
    }

    /// Writes what was acknowledged in this turn: one record a session and a group.
    mutating func journalAcknowledgements() {
        guard !acknowledgingSessions.isEmpty || !acknowledgingGroups.isEmpty else { return }
        for session in acknowledgingSessions {
            sessions[Int(session)].isAcknowledgementPending = false
            if !sessions[Int(session)].acknowledged.isEmpty { writeAcknowledged(session) }
        }
        acknowledgingSessions.removeAll(keepingCapacity: true)
        for group in acknowledgingGroups {
            groups[Int(group)].isAcknowledgementPending = false
            if !groups[Int(group)].acknowledged.isEmpty { writeAcknowledged(group: group) }
        }
        acknowledgingGroups.removeAll(keepingCapacity: true)
    }

    /// Writes that one message is done for a group.
    mutating func journalDone(_ message: Int32, ofGroup group: Int32) {
        _ = begin(.groupAcknowledged)
        log.writer.append(varint: groups[Int(group)].id)
        log.writer.append(varint: 1)
        log.writer.append(varint: messages.slots[Int(message)].sequence)
        log.end()
    }

    /// Writes that one position of a session is done.
    mutating func journalDone(_ position: UInt64, of session: Int32) {
        _ = begin(.acknowledged)
        log.writer.append(varint: sessions[Int(session)].id)
        log.writer.append(varint: 1)
        log.writer.append(varint: position)
        log.writer.append(varint: 1)
        log.end()
    }

    /// Positions go as runs: in order of their positions they are mostly one after the other.
    private mutating func writeAcknowledged(_ session: Int32) {
        let at = Int(session)
        sessions[at].acknowledged.sort()
        var runs = 0
        var previous: UInt64?
        for position in sessions[at].acknowledged {
            if previous.map({ $0 + 1 }) != position { runs += 1 }
            previous = position
        }
        _ = begin(.acknowledged)
        log.writer.append(varint: sessions[at].id)
        log.writer.append(varint: UInt64(runs))
        var index = 0
        while index < sessions[at].acknowledged.count {
            let first = sessions[at].acknowledged[index]
            var length: UInt64 = 1
            while index + Int(length) < sessions[at].acknowledged.count,
                sessions[at].acknowledged[index + Int(length)] == first + length
            { length += 1 }
            log.writer.append(varint: first)
            log.writer.append(varint: length)
            index += Int(length)
        }
        log.end()
        sessions[at].acknowledged.removeAll(keepingCapacity: true)
    }

    private mutating func writeAcknowledged(group: Int32) {
        let at = Int(group)
        groups[at].acknowledged.sort()
        _ = begin(.groupAcknowledged)
        log.writer.append(varint: groups[at].id)
        log.writer.append(varint: UInt64(groups[at].acknowledged.count))
        var previous: UInt64 = 0
        for sequence in groups[at].acknowledged {
            log.writer.append(varint: sequence - previous)
            previous = sequence
        }
        log.end()
        groups[at].acknowledged.removeAll(keepingCapacity: true)
    }
}
