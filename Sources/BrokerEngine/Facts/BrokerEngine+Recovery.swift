package import Journal
import StateStore

/// Folding the journal into the state it describes.
extension BrokerEngine {
    /// Applies the facts of a page; call it for every page, in order, before the first turn.
    package mutating func recover(_ page: JournalPage) {
        if recovery == nil { recovery = RecoveryState() }
        log.recovered(page.number, bytes: page.bytes.count)
        recovery?.arrived = 0
        var reader = PageReader(page.bytes)
        reading: while true {
            switch reader.next() {
            case .end: break reading
            case .damaged: recovery?.unreadable += 1
            case .record(let record):
                do throws(JournalError) {
                    try apply(record, reader, page: page.number)
                } catch {
                    recovery?.unreadable += 1
                    // The list goes with the records one to one, also where one says nothing.
                    for _ in 0..<Self.countStored(record, reader) { log[page.number].messages.append(-1) }
                }
            }
        }
    }

    private mutating func apply(_ record: RecordView, _ reader: PageReader, page: UInt64) throws(JournalError) {
        let kind = try Self.kind(record.kind, version: record.version)
        let place = FactPlace(page: page, bytes: record.body.upperBound - record.offset)
        if kind == .committed {
            try applyCommitted(reader.body(of: record), page: page)
        } else {
            try apply(kind, version: record.version, reader.body(of: record), place)
        }
    }

    static func kind(_ number: UInt8, version: UInt8) throws(JournalError) -> FactKind {
        guard let kind = FactKind(rawValue: number), version <= kind.version else {
            throw JournalError(.damaged, "A record of kind \(number), version \(version) is not known.")
        }
        return kind
    }

    mutating func apply(
        _ kind: FactKind,
        version: UInt8,
        _ fact: RecordBody,
        _ place: FactPlace
    ) throws(JournalError) {
        var body = fact
        switch kind {
        case .committed: break
        case .stateSet: try applyStateSet(&body, place)
        case .stateRemoved: try applyStateRemoved(&body)
        case .started: try applyStarted(&body, place, version: version)
        case .session: try applySession(&body, place)
        case .sessionEnded: applySessionEnded(try body.readVarint())
        case .disconnected: try applyDisconnected(&body)
        case .subscribed: try applySubscribed(&body, place)
        case .unsubscribed: try applyUnsubscribed(&body)
        case .group: try applyGroup(&body, place)
        case .groupEnded: applyGroupEnded(try body.readVarint())
        case .stored: try applyStored(&body, place, version: version)
        case .attempted: try applyAttempted(&body, version: version)
        case .acknowledged: try applyAcknowledged(&body)
        case .groupAcknowledged: try applyGroupAcknowledged(&body)
        case .retainedCleared: _ = clearRetained(try body.readBytes(body.remaining))
        case .arrived: recovery?.arrived = UInt32(clamping: try body.readVarint())
        case .received, .holding:
            let session = recoveredSession(try body.readVarint())
            applyReceived(try body.readUInt16(), of: session, place, wasMoved: kind == .holding)
        case .confirmed:
            let session = recoveredSession(try body.readVarint())
            applyConfirmed(try body.readVarint(), of: session)
        case .released:
            let session = recoveredSession(try body.readVarint())
            applyReleased(try body.readUInt16(), of: session)
        }
    }

    /// The newest record of a fact was read.
    private mutating func renew(_ fact: inout FactPlace, _ place: FactPlace) {
        if fact.isWritten { log.died(fact) }
        fact = place
        log.born(place)
    }

    private mutating func applyStarted(
        _ body: inout RecordBody,
        _ place: FactPlace,
        version: UInt8
    ) throws(JournalError) {
        nextSequence = max(nextSequence, try body.readUInt64())
        nextSessionID = max(nextSessionID, try body.readUInt64())
        nextGroupID = max(nextGroupID, try body.readUInt64())
        if version > 1 {
            let milliseconds = Int64(clamping: try body.readVarint())
            advanceClock(past: StateInstant(milliseconds: milliseconds, counter: try body.readVarint()))
        }
        var fact = started
        renew(&fact, place)
        started = fact
    }

    // MARK: Sessions

    /// The session with an identity, made nameless when its record was not read yet.
    private mutating func recoveredSession(_ id: UInt64) -> Int32 {
        if let known = sessionByID[id] { return known }
        nextSessionID = max(nextSessionID, id + 1)
        var session = Session()
        session.id = id
        // Anything but zero: it is in the journal, so it is persistent.
        session.expiry = 1
        let index = place(session)
        sessionByID[id] = index
        recovery?.unknownSessions.insert(index)
        return index
    }

    private mutating func applySession(_ body: inout RecordBody, _ place: FactPlace) throws(JournalError) {
        let id = try body.readVarint()
        let expiry = UInt32(clamping: try body.readVarint())
        let client = try body.readBytes(Int(clamping: try body.readVarint()))
        var will: StoredWill?
        if try body.readUInt8() == 1 {
            let qos = try body.readUInt8()
            let delay = UInt32(clamping: try body.readVarint())
            let packet = try body.readBytes(Int(clamping: try body.readVarint()))
            will = StoredWill(packet: packet, qos: qos, delay: delay)
        }
        let session = recoveredSession(id)
        let at = Int(session)
        sessions[at].expiry = max(expiry, 1)
        sessions[at].clientIdentifier = client
        sessions[at].will = will
        sessionByClient[client] = session
        recovery?.unknownSessions.remove(session)
        recovery?.disconnected[session] = nil
        var fact = sessions[at].fact
        renew(&fact, place)
        sessions[at].fact = fact
    }

    private mutating func applySessionEnded(_ id: UInt64) {
        guard let session = sessionByID[id] else { return }
        forget(session)
    }

    /// Takes a session out that ended, or of which no record was found.
    private mutating func forget(_ session: Int32) {
        let at = Int(session)
        var position = sessions[at].queue.head
        while position < sessions[at].queue.tail {
            let entry = sessions[at].queue[position]
            if !entry.isDone {
                identifierSets.release(entry.identifiers)
                releaseRecovered(entry.message)
            }
            position += 1
        }
        for fact in recovery?.subscriptions[session]?.values.map(\.fact) ?? [] { log.died(fact) }
        recovery?.subscriptions[session] = nil
        recovery?.disconnected[session] = nil
        recovery?.unknownSessions.remove(session)
        if sessions[at].fact.isWritten { log.died(sessions[at].fact) }
        forgetReceiptFacts(of: session)
        if sessionByClient[sessions[at].clientIdentifier] == session {
            sessionByClient[sessions[at].clientIdentifier] = nil
        }
        sessionByID[sessions[at].id] = nil
        sessions[at] = Session()
        freeSessions.append(session)
    }

    private mutating func applyDisconnected(_ body: inout RecordBody) throws(JournalError) {
        let session = recoveredSession(try body.readVarint())
        let endsAt = EngineTime(milliseconds: Int64(bitPattern: try body.readUInt64()))
        let willAt = EngineTime(milliseconds: Int64(bitPattern: try body.readUInt64()))
        let hasWill = try body.readUInt8() != 0
        recovery?.disconnected[session] = RecoveredDisconnect(endsAt: endsAt, willAt: willAt, hasWill: hasWill)
    }

    // MARK: Subscriptions and groups

    private mutating func applySubscribed(_ body: inout RecordBody, _ place: FactPlace) throws(JournalError) {
        let session = recoveredSession(try body.readVarint())
        let options = try body.readUInt8()
        let identifier = UInt32(clamping: try body.readVarint())
        let filter = try body.readBytes(body.remaining)
        let made = RecoveredSubscription(options: options, identifier: identifier, fact: place)
        let old = recovery?.subscriptions[session, default: [:]].updateValue(made, forKey: filter)
        if let old { log.died(old.fact) }
        log.born(place)
    }

    private mutating func applyUnsubscribed(_ body: inout RecordBody) throws(JournalError) {
        let session = recoveredSession(try body.readVarint())
        let filter = try body.readBytes(body.remaining)
        if let old = recovery?.subscriptions[session]?.removeValue(forKey: filter) {
            log.died(old.fact)
        }
    }

    private mutating func recoveredGroup(_ id: UInt64) -> Int32 {
        if let known = groupByID[id] { return known }
        let group = makeGroup([], id: id)
        groupByName[[]] = nil
        recovery?.unknownGroups.insert(group)
        return group
    }

    private mutating func applyGroup(_ body: inout RecordBody, _ place: FactPlace) throws(JournalError) {
        let group = recoveredGroup(try body.readVarint())
        let at = Int(group)
        groups[at].name = try body.readBytes(body.remaining)
        groupByName[groups[at].name] = group
        recovery?.unknownGroups.remove(group)
        groups[at].durableFrom = 0
        var fact = groups[at].fact
        renew(&fact, place)
        groups[at].fact = fact
    }

    private mutating func applyGroupEnded(_ id: UInt64) {
        guard let group = groupByID[id] else { return }
        forget(group: group)
    }

    private mutating func forget(group: Int32) {
        let at = Int(group)
        for message in recovery?.groupMessages[group]?.values.map({ $0 }) ?? [] {
            releaseRecovered(message, ofGroup: true)
        }
        recovery?.groupMessages[group] = nil
        recovery?.unknownGroups.remove(group)
        if groups[at].fact.isWritten { log.died(groups[at].fact) }
        if groupByName[groups[at].name] == group { groupByName[groups[at].name] = nil }
        groupByID[groups[at].id] = nil
        groups[at] = SharedGroup()
        freeGroups.append(group)
    }

    // MARK: Messages

    private mutating func applyStored(
        _ body: inout RecordBody,
        _ place: FactPlace,
        version: UInt8
    ) throws(JournalError) {
        let fact = try StoredFact(&body, version: version)
        nextSequence = max(nextSequence, fact.sequence + 1)
        log.ensure(place.page)
        if let known = recovery?.messageBySequence[fact.sequence] {
            // Moved to the tail before its old page was dropped: the newer record counts.
            log.died(messages.slots[Int(known)].fact)
            messages.slots[Int(known)].fact = place
            log.born(place)
            log[place.page].messages.append(known)
            return
        }
        var slot = MessageSlot()
        slot.sequence = fact.sequence
        slot.expiresAt = fact.expiresAt
        slot.qos = fact.qos
        slot.topicLength = UInt16(fact.topicLength)
        slot.propertiesLength = Int32(fact.propertiesLength)
        slot.bodyLength = Int32(fact.body.count)
        slot.arrived = recovery?.arrived ?? 0
        slot.fact = place
        let message = messages.restore(slot, body: body.bytes.span.extracting(fact.body))
        log.born(place)
        log[place.page].messages.append(message)
        recovery?.messageBySequence[fact.sequence] = message
        messages.retain(message)
        for target in fact.targets { restore(message, target) }
        for named in fact.groups {
            let group = recoveredGroup(named.id)
            if named.attempts > 0 {
                let attempt = RecoveredAttempt(attempts: named.attempts, due: named.due)
                recovery?.groupAttempts[group, default: [:]][fact.sequence] = attempt
            }
            recovery?.groupMessages[group, default: [:]][fact.sequence] = message
            messages.retain(message)
            messages.slots[Int(message)].groupReferences += 1
        }
        if fact.isRetained { _ = setRetained(message, isSystem: false, isCleared: false, publisher: fact.publisher) }
        releaseRecovered(message)
    }

    private mutating func restore(_ message: Int32, _ target: StoredFact.Target) {
        let session = recoveredSession(target.session)
        var entry = DeliveryEntry(
            message: message,
            identifiers: identifierSets.intern(target.identifiers),
            qos: target.qos,
            retain: target.retain
        )
        // Whether it was sent before the crash nobody knows.
        entry.mayBeDuplicate = true
        entry.attempts = target.attempts
        entry.isConfirmed = target.isConfirmed
        sessions[Int(session)].queue.restore(entry, at: target.position)
        sessions[Int(session)].queuedBytes += Int(messages.slots[Int(message)].bodyLength)
        messages.retain(message)
    }

    mutating func releaseRecovered(_ message: Int32, ofGroup: Bool = false) {
        if messages.slots[Int(message)].references == 1 {
            recovery?.messageBySequence[messages.slots[Int(message)].sequence] = nil
        }
        releaseMessage(message, ofGroup: ofGroup)
    }

    private mutating func applyAttempted(_ body: inout RecordBody, version: UInt8) throws(JournalError) {
        guard let owner = DeliveryIdentity.Owner(rawValue: try body.readUInt8()) else {
            throw JournalError(.damaged, "An attempt belongs to nobody that is known.")
        }
        let id = try body.readVarint()
        let number = try body.readVarint()
        let attempts = try body.readVarint()
        let due = EngineTime(milliseconds: Int64(clamping: try body.readVarint()))
        let history = version > 1 ? try AttemptHistory(&body) : AttemptHistory()
        switch owner {
        case .session:
            let session = Int(recoveredSession(id))
            guard sessions[session].queue.contains(number), !sessions[session].queue[number].isDone else { return }
            sessions[session].queue[number].attempts = UInt16(clamping: attempts)
        case .group:
            let group = recoveredGroup(id)
            guard recovery?.groupMessages[group]?[number] != nil else { return }
            let attempt = RecoveredAttempt(attempts: UInt32(clamping: attempts), due: due, history: history)
            recovery?.groupAttempts[group, default: [:]][number] = attempt
        }
    }

    private mutating func applyAcknowledged(_ body: inout RecordBody) throws(JournalError) {
        let session = recoveredSession(try body.readVarint())
        for _ in 0..<(try body.readVarint()) {
            let first = try body.readVarint()
            let length = try body.readVarint()
            var position = first
            while position < first + length {
                finishRecovered(position, of: session)
                position += 1
            }
        }
    }

    private mutating func finishRecovered(_ position: UInt64, of session: Int32) {
        let at = Int(session)
        guard sessions[at].queue.contains(position) else { return }
        let entry = sessions[at].queue[position]
        guard !entry.isDone else { return }
        sessions[at].queue.finish(position)
        sessions[at].queuedBytes -= Int(messages.slots[Int(entry.message)].bodyLength)
        identifierSets.release(entry.identifiers)
        releaseRecovered(entry.message)
    }

    private mutating func applyGroupAcknowledged(_ body: inout RecordBody) throws(JournalError) {
        let group = recoveredGroup(try body.readVarint())
        var sequence: UInt64 = 0
        for _ in 0..<(try body.readVarint()) {
            sequence += try body.readVarint()
            recovery?.groupAttempts[group]?[sequence] = nil
            if let message = recovery?.groupMessages[group]?.removeValue(forKey: sequence) {
                releaseRecovered(message, ofGroup: true)
            }
        }
    }
}

// MARK: The end of the reading

extension BrokerEngine {
    /// All pages were read: sessions are put together, none is connected, and their times go on.
    ///
    /// - Parameters:
    ///   - nextPage: The number the next page gets, where the journal knows of a higher one than was read.
    ///   - time: Now.
    /// - Returns: What was found.
    package mutating func finishRecovery(nextPage: UInt64, at time: EngineTime) -> RecoverySummary {
        advance(to: time)
        startedAt = now
        log.open = max(log.open, nextPage)
        log.durable = log.open - 1
        log.ensure(log.open)
        var summary = RecoverySummary()
        for session in recovery?.unknownSessions.sorted() ?? [] {
            summary.lostSessions += 1
            forget(session)
        }
        for group in recovery?.unknownGroups.sorted() ?? [] { forget(group: group) }
        if let state = recovery {
            summary.unreadableRecords = state.unreadable
            restoreSubscriptions(state)
            restoreGroups(state)
            for session in sessionByID.values.sorted() { wake(session, state.disconnected[session]) }
        }
        recovery = nil
        state.finishRestoring()
        (stateChangedOn, stateRemovedOn) = (0, 0)
        if log.isOn { nextSequence += Self.sequencesPerStart }
        journalStarted()
        generation += 1
        recoveredBelow = nextSequence
        statistics.sessions = sessionByID.count
        summary.sessions = sessionByID.count
        summary.subscriptions = statistics.subscriptions
        summary.messages = messages.count
        summary.retained = statistics.retainedMessages
        summary.stateKeys = state.count
        statistics.stateKeys = state.count
        return summary
    }

    private mutating func restoreSubscriptions(_ state: RecoveryState) {
        for (session, filters) in state.subscriptions.sorted(by: { $0.key < $1.key }) {
            for (filter, recovered) in filters.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                var subscription = Subscription()
                subscription.session = session
                subscription.filter = filter
                subscription.qos = recovered.options & 3
                subscription.noLocal = recovered.options & 4 != 0
                subscription.retainAsPublished = recovered.options & 8 != 0
                subscription.identifier = recovered.identifier
                let handle = put(subscription, share: Self.share(of: filter))
                subscriptions[Int(handle)].fact = recovered.fact
            }
        }
    }

    /// The name between `$share/` and the next slash.
    static func share(of filter: [UInt8]) -> String? {
        let prefix = Array("$share/".utf8)
        guard filter.starts(with: prefix) else { return nil }
        return String(decoding: filter.dropFirst(prefix.count).prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
    }

    private mutating func restoreGroups(_ state: RecoveryState) {
        for group in groupByID.values.sorted() {
            let waiting = state.groupMessages[group] ?? [:]
            for (sequence, message) in waiting.sorted(by: { $0.key < $1.key }) {
                restore(message, toGroup: group, state.groupAttempts[group]?[sequence])
            }
            // Its members' subscriptions were lost with a damaged page.
            guard groups[Int(group)].members.isEmpty else { continue }
            journalGroupEnded(group)
            empty(group)
        }
    }

    private mutating func restore(_ message: Int32, toGroup group: Int32, _ attempt: RecoveredAttempt?) {
        if let attempt {
            let history = attempt.history.reasons.isEmpty ? nil : attempt.history
            takeOver(EndedDeliveries(attempts: attempt.attempts, history: history), of: message, ofGroup: group)
            if attempt.due > now {
                delay(message, ofGroup: group, until: attempt.due)
                return
            }
        }
        groups[Int(group)].waiting.append(message)
        groups[Int(group)].queuedBytes += Int(messages.slots[Int(message)].bodyLength)
    }

    private mutating func wake(_ session: Int32, _ disconnected: RecoveredDisconnect?) {
        let at = Int(session)
        // Handshakes whose end was not durable are there again, too; but no identifier was used again before its end was.
        sessions[at].queue.finishRestoring(window: Int(DeliveryQueue.lastIdentifier))
        sessions[at].identifierReuse.restart(at: sessions[at].queue.head)
        if let disconnected {
            sessions[at].endsAt = disconnected.endsAt
            sessions[at].willAt = disconnected.willAt
            if !disconnected.hasWill { sessions[at].will = nil }
        } else {
            // It was connected when the broker died: that was the loss of its connection.
            sessions[at].endsAt = now.advanced(bySeconds: sessions[at].expiry)
            if let will = sessions[at].will { sessions[at].willAt = now.advanced(bySeconds: will.delay) }
            // Else every crash would give it a new life.
            journalDisconnected(session)
        }
        if sessions[at].endsAt != .never || sessions[at].willAt != .never { timedSessions.insert(session) }
    }
}
