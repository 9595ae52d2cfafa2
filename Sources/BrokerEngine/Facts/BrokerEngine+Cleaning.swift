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
        guard log.takesMessages else { return }
        guard let cleaning = log.cleaning else {
            beginCleaning()
            return
        }
        guard var reader = cleaning.reader else { return }
        var current = cleaning
        var budget = limits.cleaningBytesPerTurn
        let isExact = !groups.contains { $0.id != 0 && !$0.isDurable && !$0.members.isEmpty }
        while budget > 0 {
            let before = reader.offset
            guard case .record(let record) = reader.next() else {
                log.cleaning = nil
                return
            }
            let written = log.writer.byteCount
            move(record, reader, &current, isExact: isExact)
            // A dead record costs its reading only.
            budget -= log.writer.byteCount - written + (reader.offset - before) / 8 + 1
        }
        current.reader = reader
        log.cleaning = current
    }

    private mutating func beginCleaning() {
        let wanted = max(limits.journalSlack, log.liveBytes * limits.journalAmplification)
        guard log.totalBytes > wanted, now >= log.cleaningPausedUntil, log.firstPage <= log.durable,
            log[log.firstPage].live > 0
        else { return }
        log.cleaning = FactCleaning(page: log.firstPage)
        log.wantsPage = log.firstPage
    }

    /// Writes a record of the old page again, as it is today, if it is still alive there.
    private mutating func move(
        _ record: RecordView,
        _ reader: PageReader,
        _ cleaning: inout FactCleaning,
        isExact: Bool
    ) {
        guard let kind = FactKind(rawValue: record.kind) else { return }
        var body = reader.body(of: record)
        switch kind {
        case .started: if startedPage == cleaning.page { journalStarted() }
        case .session: if let id = try? body.readVarint() { moveSession(id, from: cleaning.page) }
        case .subscribed: if let id = try? body.readVarint() { moveSubscriptions(of: id, from: cleaning.page) }
        case .group: if let id = try? body.readVarint() { moveGroup(id, from: cleaning.page) }
        case .stored:
            let messages = log[cleaning.page].messages
            guard cleaning.messagesPassed < messages.count else { return }
            moveMessage(messages[cleaning.messagesPassed], &body, from: cleaning.page, isExact: isExact)
            cleaning.messagesPassed += 1
        case .sessionEnded, .disconnected, .unsubscribed, .groupEnded, .acknowledged, .groupAcknowledged,
            .retainedCleared:
            // What these end stood on an earlier page, and is gone with it.
            break
        }
    }

    private mutating func moveSession(_ id: UInt64, from page: UInt64) {
        guard let session = sessionByID[id], sessions[Int(session)].page == page else { return }
        _ = journalSession(session)
        if sessions[Int(session)].connection < 0 { journalDisconnected(session) }
    }

    private mutating func moveSubscriptions(of id: UInt64, from page: UInt64) {
        guard let session = sessionByID[id] else { return }
        for subscription in sessions[Int(session)].subscriptions.values.sorted()
        where subscriptions[Int(subscription)].page == page {
            journalSubscription(subscription)
        }
    }

    private mutating func moveGroup(_ id: UInt64, from page: UInt64) {
        guard let group = groupByID[id], groups[Int(group)].page == page else { return }
        journalGroup(group)
    }

    private mutating func moveMessage(
        _ message: Int32,
        _ body: inout RecordBody,
        from page: UInt64,
        isExact: Bool
    ) {
        guard message >= 0, let stored = try? StoredFact(&body),
            messages.slots[Int(message)].sequence == stored.sequence,
            messages.slots[Int(message)].page == page
        else { return }
        durableTargets.removeAll(keepingCapacity: true)
        durableGroups.removeAll(keepingCapacity: true)
        for target in stored.targets {
            guard let session = sessionByID[target.session],
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
        let retained = stored.isRetained && isRetained(message)
        // All of its groups still have it when as many references say so; else each is looked through.
        let allGroups = isExact && Int(messages.slots[Int(message)].groupReferences) == stored.groups.count
        for id in stored.groups {
            guard let group = groupByID[id], groups[Int(group)].isDurable else { continue }
            if allGroups || holds(message, group: group) { durableGroups.append(group) }
        }
        _ = journalStored(message, retained: retained)
    }

    /// Whether a message still belongs to a group.
    ///
    /// Looked for only where the count of references does not tell.
    private func holds(_ message: Int32, group: Int32) -> Bool {
        let at = Int(group)
        if groups[at].returned.contains(message) { return true }
        for offset in 0..<groups[at].waiting.count where groups[at].waiting[offset] == message { return true }
        for member in groups[at].members {
            for slot in sessions[Int(member.session)].shared.slots where slot.group == group && slot.message == message
            {
                return true
            }
        }
        return false
    }
}
