package import Journal

/// Moving what is alive on the oldest page to the tail, so that the page can be dropped: a bounded amount a turn.
extension BrokerEngine {
    /// The page the shell shall read back and bring to ``pageWasRead(_:)``; nil for none.
    ///
    /// Asked once a page.
    package mutating func takeWantedPage() -> UInt64? {
        defer { log.wantsPage = nil }
        return log.wantsPage
    }

    /// The page asked for by ``takeWantedPage()`` was read.
    package mutating func pageWasRead(_ page: JournalPage) {
        guard log.cleaning?.page == page.number else { return }
        log.cleaning?.reader = PageReader(page.bytes)
    }

    /// The page asked for could not be read; it is asked for again later.
    package mutating func pageWasNotRead(_ number: UInt64) {
        guard log.cleaning?.page == number else { return }
        log.cleaning = nil
        log.cleaningPausedUntil = now.advanced(bySeconds: limits.cleaningRetrySeconds)
    }

    mutating func clean() {
        // Also while no message is taken: cleaning is what gives space back.
        guard log.health != .lost, log.retry == nil else { return }
        guard let cleaning = log.cleaning else {
            beginCleaning()
            return
        }
        guard var reader = cleaning.reader else { return }
        var current = cleaning
        var budget = limits.cleaningBytesPerTurn
        current.exactFrom = groups.reduce(0) {
            $1.members.isEmpty && $1.inflight == 0 ? $0 : max($0, $1.durableFrom)
        }
        current.inflight = nil
        while budget > 0 {
            let before = reader.offset
            switch reader.next() {
            case .end:
                endCleaning(current)
                return
            case .damaged: continue
            case .record(let record):
                let written = log.writer.byteCount
                move(record, reader, &current)
                // A dead record costs its reading only.
                budget -= log.writer.byteCount - written + (reader.offset - before) / 8 + 1
            }
        }
        current.reader = reader
        log.cleaning = current
    }

    private mutating func beginCleaning() {
        let wanted = max(limits.journalSlack, log.liveBytes * limits.journalAmplification)
        guard log.totalBytes > wanted, now >= log.cleaningPausedUntil, log.firstPage <= log.durable,
            log[log.firstPage].live > 0
        else { return }
        log.cleaning = FactCleaning(page: log.firstPage, liveBefore: log[log.firstPage].live)
        log.wantsPage = log.firstPage
    }

    private mutating func endCleaning(_ cleaning: FactCleaning) {
        log.cleaning = nil
        let live = log[cleaning.page].live
        // What may not be moved just now keeps the page; it is not read again and again for that.
        if live > 0, live == cleaning.liveBefore {
            log.cleaningPausedUntil = now.advanced(bySeconds: limits.cleaningRetrySeconds)
        }
    }

    /// Writes a record of the old page again, as it is today, if it is still alive there.
    private mutating func move(_ record: RecordView, _ reader: PageReader, _ cleaning: inout FactCleaning) {
        guard let kind = FactKind(rawValue: record.kind) else { return }
        move(kind, version: record.version, reader.body(of: record), &cleaning)
    }

    private mutating func move(_ kind: FactKind, version: UInt8, _ fact: RecordBody, _ cleaning: inout FactCleaning) {
        var body = fact
        switch kind {
        case .started: if started.page == cleaning.page { journalStarted() }
        case .session: if let id = try? body.readVarint() { moveSession(id, from: cleaning.page) }
        case .subscribed: try? moveSubscription(&body, from: cleaning.page)
        case .group: if let id = try? body.readVarint() { moveGroup(id, from: cleaning.page) }
        case .stored:
            let messages = log[cleaning.page].messages
            guard cleaning.messagesPassed < messages.count else { return }
            moveMessage(messages[cleaning.messagesPassed], &body, version: version, &cleaning)
            cleaning.messagesPassed += 1
        case .sessionEnded, .disconnected, .unsubscribed, .groupEnded, .acknowledged, .groupAcknowledged,
            .retainedCleared, .attempted, .stateRemoved, .arrived, .released, .confirmed:
            // What these are about stood on an earlier page, and is gone with it or was written anew.
            break
        case .stateSet: try? moveState(&body, from: cleaning.page)
        case .received, .holding: try? moveReceived(&body, from: cleaning.page)
        case .committed: try? moveCommit(&body, &cleaning)
        }
    }

    /// What a commit did is facts of their own by now: the page is durable, and so all of them are true.
    private mutating func moveCommit(_ body: inout RecordBody, _ cleaning: inout FactCleaning) throws(JournalError) {
        _ = try body.readVarint()
        _ = try body.readVarint()
        while body.remaining > 0 {
            let part = try body.readPart()
            guard let kind = FactKind(rawValue: part.kind), kind != .committed else { continue }
            move(kind, version: part.version, RecordBody(body.bytes, in: part.body), &cleaning)
        }
    }

    private mutating func moveSession(_ id: UInt64, from page: UInt64) {
        guard let session = sessionByID[id], sessions[Int(session)].fact.page == page else { return }
        _ = journalSession(session)
        if sessions[Int(session)].connection < 0 { journalDisconnected(session) }
    }

    private mutating func moveSubscription(_ body: inout RecordBody, from page: UInt64) throws(JournalError) {
        let id = try body.readVarint()
        _ = try body.readUInt8()
        _ = try body.readVarint()
        let filter = try body.readBytes(body.remaining)
        guard let session = sessionByID[id], let subscription = sessions[Int(session)].subscriptions[filter],
            subscriptions[Int(subscription)].fact.page == page
        else { return }
        journalSubscription(subscription)
    }

    private mutating func moveGroup(_ id: UInt64, from page: UInt64) {
        guard let group = groupByID[id], groups[Int(group)].fact.page == page else { return }
        journalGroup(group)
    }

    private mutating func moveMessage(
        _ message: Int32,
        _ body: inout RecordBody,
        version: UInt8,
        _ cleaning: inout FactCleaning
    ) {
        guard message >= 0, let stored = try? StoredFact(&body, version: version),
            messages.slots[Int(message)].sequence == stored.sequence,
            messages.slots[Int(message)].page == cleaning.page
        else { return }
        let retained = stored.isRetained && isRetained(message)
        // It comes back as the retained one if the page of its successor fails.
        if stored.isRetained, !retained, log.replaced.contains(where: { $0.old == message }) { return }
        findTargets(of: message, stored)
        findGroups(of: message, stored, &cleaning)
        let old = messages.slots[Int(message)].fact
        if journalStored(message, retained: retained) {
            log.moves.append(FactMove(message: message, sequence: stored.sequence, from: old, to: log.open))
            // The record of the message has how many attempts there were, not why they ended.
            for group in durableGroups where histories[AttemptKey(group: group, message: message)] != nil {
                journalAttempt(message, ofGroup: group, until: groups[Int(group)].delayed[message])
            }
        } else {
            // Only receivers that do not outlive a crash still have it.
            log.died(old)
            messages.slots[Int(message)].fact = FactPlace()
        }
    }

    private mutating func findTargets(of message: Int32, _ stored: StoredFact) {
        durableTargets.removeAll(keepingCapacity: true)
        for target in stored.targets {
            guard let session = sessionByID[target.session], sessions[Int(session)].isPersistent,
                sessions[Int(session)].queue.contains(target.position)
            else { continue }
            let entry = sessions[Int(session)].queue[target.position]
            guard entry.message == message else { continue }
            durableTargets.append(
                DurableTarget(
                    session: session,
                    position: target.position,
                    qos: entry.qos,
                    retain: entry.retain,
                    identifiers: entry.identifiers
                )
            )
        }
    }

    private mutating func findGroups(of message: Int32, _ stored: StoredFact, _ cleaning: inout FactCleaning) {
        durableGroups.removeAll(keepingCapacity: true)
        // When every group that can have it is named in the record, and as many references say so, all of them still have it.
        let allGroups =
            stored.sequence >= cleaning.exactFrom
            && Int(messages.slots[Int(message)].groupReferences) == stored.groups.count
        for named in stored.groups {
            guard let group = groupByID[named.id], stored.sequence >= groups[Int(group)].durableFrom else { continue }
            if allGroups || holds(message, group, &cleaning) { durableGroups.append(group) }
        }
    }

    /// Whether a message still belongs to a group.
    ///
    /// Looked for only where the count of references does not tell.
    private func holds(_ message: Int32, _ group: Int32, _ cleaning: inout FactCleaning) -> Bool {
        let at = Int(group)
        if groups[at].delayed[message] != nil || groups[at].returned.contains(message)
            || groups[at].waiting.contains(message, in: messages)
        {
            return true
        }
        if cleaning.inflight == nil {
            // Every session is looked through: one that unsubscribed may still have it.
            cleaning.inflight = []
            for session in sessions {
                for slot in session.shared.slots where slot.group >= 0 { cleaning.inflight?.insert(slot) }
            }
        }
        return cleaning.inflight?.contains(.init(message: message, group: group)) ?? false
    }
}
