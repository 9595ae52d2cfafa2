/// What a session that asked for it learns of each delivery, and how often deliveries ended in vain.
extension BrokerEngine {
    /// What is said of a delivery of a group.
    mutating func facts(of message: Int32, ofGroup group: Int32) -> DeliveryFacts {
        let identity = DeliveryIdentity(
            owner: .group,
            number: groups[Int(group)].deliveryID,
            position: 0,
            sequence: messages.slots[Int(message)].sequence
        )
        var facts = DeliveryFacts(identity: identity, attempt: ended(message, ofGroup: group) + 1)
        if messages.slots[Int(message)].hasAttempts {
            facts.history = histories[AttemptKey(group: group, message: message)]
        }
        return facts
    }

    /// What is said of a delivery of a session's own queue.
    mutating func facts(at position: UInt64, of session: Int32) -> DeliveryFacts {
        let entry = sessions[Int(session)].queue[position]
        let identity = DeliveryIdentity(
            owner: .session,
            number: sessions[Int(session)].id,
            position: position,
            sequence: messages.slots[Int(entry.message)].sequence
        )
        return DeliveryFacts(identity: identity, attempt: UInt32(entry.attempts) + 1)
    }

    /// How many deliveries of a message to members of a group ended in vain.
    mutating func ended(_ message: Int32, ofGroup group: Int32) -> UInt32 {
        guard messages.slots[Int(message)].hasAttempts else { return 0 }
        return attempts[AttemptKey(group: group, message: message)] ?? 0
    }

    /// A delivery to a member of a group ended in vain.
    mutating func countAttempt(_ message: Int32, ofGroup group: Int32, until due: EngineTime? = nil) {
        attempts[AttemptKey(group: group, message: message), default: 0] += 1
        messages.slots[Int(message)].hasAttempts = true
        journalAttempt(message, ofGroup: group, until: due)
    }

    /// Keeps why a delivery to a member of a group is about to end in vain, for as long as there is room for reasons.
    mutating func noteReason(_ reason: Span<UInt8>, of message: Int32, ofGroup group: Int32) {
        guard reason.count > 0, historyBytes < limits.attemptHistoryBytes else { return }
        let key = AttemptKey(group: group, message: message)
        var history = histories[key] ?? AttemptHistory()
        historyBytes -= history.bytes
        history.add(reason, attempt: ended(message, ofGroup: group) + 1)
        historyBytes += history.bytes
        histories[key] = history
    }

    /// Nobody asks any more how deliveries of a message to a group ended.
    mutating func forgetAttempts(_ message: Int32, ofGroup group: Int32) {
        let key = AttemptKey(group: group, message: message)
        attempts[key] = nil
        if let history = histories.removeValue(forKey: key) { historyBytes -= history.bytes }
    }

    /// How deliveries of a message to a group ended; nil when none did in vain.
    mutating func endedDeliveries(_ message: Int32, ofGroup group: Int32) -> EndedDeliveries? {
        let attempts = ended(message, ofGroup: group)
        guard attempts > 0 else { return nil }
        return EndedDeliveries(attempts: attempts, history: histories[AttemptKey(group: group, message: message)])
    }

    /// Takes over how deliveries of a message to a group ended before it came back to it, or the broker started.
    mutating func takeOver(_ past: EndedDeliveries, of message: Int32, ofGroup group: Int32) {
        let key = AttemptKey(group: group, message: message)
        attempts[key] = past.attempts
        messages.slots[Int(message)].hasAttempts = true
        guard let history = past.history else { return }
        histories[key] = history
        historyBytes += history.bytes
    }

    /// The connection of a session is gone: its own deliveries in flight are sent again on the next one.
    mutating func rewind(_ session: Int32, isAttempt: Bool) {
        let counted = sessions[Int(session)].queue.rewind(isAttempt: isAttempt)
        sessions[Int(session)].ownInflight = 0
        for position in counted { journalAttempt(at: position, of: session) }
    }

    /// The slot of an acknowledged delivery is free.
    mutating func forgetIdentity(of slot: SharedWindow.Slot, in session: Int32) {
        sessions[Int(session)].sharedByIdentity[facts(of: slot.message, ofGroup: slot.group).identity] = nil
    }

    // MARK: Waiting for a page

    /// A session goes on when the page of what it waits for is durable.
    mutating func pumpWhenDurable(session: Int32) {
        guard !sessions[Int(session)].isPagePending else { return }
        sessions[Int(session)].isPagePending = true
        pagePendingSessions.append(session)
    }

    /// A group goes on when the page of what it waits for is durable.
    mutating func pumpWhenDurable(group: Int32) {
        guard !groups[Int(group)].isPagePending else { return }
        groups[Int(group)].isPagePending = true
        pagePendingGroups.append(group)
    }

    /// A page is durable: who waited for one goes on, or waits again.
    mutating func pumpPagePending() {
        for session in pagePendingSessions {
            sessions[Int(session)].isPagePending = false
            if sessions[Int(session)].queue.hasUnsent { pumpLater(session: session) }
        }
        pagePendingSessions.removeAll(keepingCapacity: true)
        for group in pagePendingGroups {
            groups[Int(group)].isPagePending = false
            if groups[Int(group)].queued > 0 { pumpLater(group: group) }
        }
        pagePendingGroups.removeAll(keepingCapacity: true)
    }

    // MARK: Coming later

    /// A delivery comes back to its group, not before a moment.
    mutating func delay(_ message: Int32, ofGroup group: Int32, until due: EngineTime) {
        groups[Int(group)].delayed[message] = due
        groups[Int(group)].queuedBytes += Int(messages.slots[Int(message)].bodyLength)
        delays.insert(.init(due: due, message: message, group: group))
    }

    /// Deliveries whose time has come go back to their groups, before everything newer.
    mutating func returnDelayed() {
        while let entry = delays.popDue(at: now) {
            let at = Int(entry.group)
            guard groups[at].delayed[entry.message] == entry.due else { continue }
            groups[at].delayed[entry.message] = nil
            let sequence = messages.slots[Int(entry.message)].sequence
            let place =
                groups[at].returned.firstIndex { messages.slots[Int($0)].sequence < sequence }
                ?? groups[at].returned.count
            groups[at].returned.insert(entry.message, at: place)
            pumpLater(group: entry.group)
        }
    }

    // MARK: Messages of commits

    /// Nobody may see a message before the open page is durable.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - originPage: For a copy of a retained message, the page that message itself waits for.
    mutating func hold(_ message: Int32, originPage: UInt64 = .max) {
        messages.slots[Int(message)].isHeld = true
        let sequence = messages.slots[Int(message)].sequence
        heldMessages.append(.init(page: log.open, message: message, sequence: sequence, originPage: originPage))
    }

    /// The same for a copy of QoS 0 that a group gets.
    mutating func holdCopy(_ message: Int32, ofGroup group: Int32) {
        messages.retain(message)
        heldCopies.append(
            .init(page: log.open, message: message, group: group, deliveryID: groups[Int(group)].deliveryID)
        )
    }

    /// Pages are durable: what commits published on them may be seen.
    mutating func releaseHeld() {
        let count = heldMessages.firstIndex { $0.page > log.durable } ?? heldMessages.count
        for held in heldMessages[..<count] where messages.slots[Int(held.message)].sequence == held.sequence {
            messages.slots[Int(held.message)].isHeld = false
            messages.slots[Int(held.message)].isInCommit = false
        }
        heldMessages.removeFirst(count)
        guard !heldCopies.isEmpty else { return }
        let copies = heldCopies.firstIndex { $0.page > log.durable } ?? heldCopies.count
        for copy in heldCopies[..<copies] {
            if groups[Int(copy.group)].deliveryID == copy.deliveryID {
                sendAtMostOnce(copy.message, toGroup: copy.group)
            }
            releaseMessage(copy.message)
        }
        heldCopies.removeFirst(copies)
    }
}
