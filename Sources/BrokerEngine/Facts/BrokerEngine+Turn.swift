package import Journal
import StateStore

extension BrokerEngine {
    /// Ends a turn: deliveries are chosen and written, and its facts are complete.
    ///
    /// After this the shell takes the dirty connections' output and, when the journal is idle, the page.
    package mutating func endTurn(at time: EngineTime) {
        advance(to: time)
        expireState()
        returnDelayed()
        flushOutbox()
        pumpSessions()
        // A list may grow while it is worked off: a delivery that is done at once makes room for the next.
        var index = 0
        while index < pendingGroups.count {
            let group = pendingGroups[index]
            groups[Int(group)].isPumpPending = false
            pump(group: group)
            index += 1
        }
        if index > 0 { pendingGroups.removeAll(keepingCapacity: true) }
        // What groups put into the queues of their members.
        pumpSessions()
        journalAcknowledgements()
        freeEnded()
        if log.isOn {
            clean()
            log.trim()
        }
        statistics.stateKeys = state.count
        statistics.stateBytes = state.storedBytes
        statistics.storedMessages = messages.count
        statistics.storedBytes = messages.storedBytes
    }

    private mutating func freeEnded() {
        if !endedSessions.isEmpty {
            freeSessions.append(contentsOf: endedSessions)
            endedSessions.removeAll(keepingCapacity: true)
        }
        if !endedGroups.isEmpty {
            freeGroups.append(contentsOf: endedGroups)
            endedGroups.removeAll(keepingCapacity: true)
        }
    }

    private mutating func pumpSessions() {
        guard !pendingSessions.isEmpty else { return }
        var index = 0
        while index < pendingSessions.count {
            let session = pendingSessions[index]
            sessions[Int(session)].isPumpPending = false
            pump(session: session)
            index += 1
        }
        pendingSessions.removeAll(keepingCapacity: true)
    }

    /// Whether another turn would do something, though nothing new came: taken output made room, a page became durable, a connection
    /// that was paused may go on.
    ///
    /// Asked after the outputs were taken and after ``pageIsDurable(_:)``; call ``endTurn(at:)`` again while it is true.
    package var wantsTurn: Bool {
        mutating get { !pendingSessions.isEmpty || !pendingGroups.isEmpty || nextResume <= now }
    }

    /// When something is due that does not wait for the next tick: a key's end, a delivery that was put off; `never` for nothing.
    package var nextDue: EngineTime {
        mutating get { min(EngineTime(milliseconds: state.nextExpiry), delays.nextDue) }
    }

    /// The facts decided since the last page, when there are any; hand them to the journal, one page at a time.
    ///
    /// - Returns: The page, or nil when nothing durable was decided, or another page is on its way.
    package mutating func takePage() -> JournalPage? {
        guard log.isOn, log.health != .lost, log.outstanding == 0, log.retry == nil, !log.writer.isEmpty else {
            return nil
        }
        // What was acknowledged since the turn ended: the page it is dead on may go when this one is durable.
        journalAcknowledgements()
        return log.take()
    }

    /// Whether a page was handed out and is neither durable nor failed yet, or waits to be tried again.
    package var isPageOutstanding: Bool { log.outstanding != 0 || log.retry != nil }

    /// A page is durable: what waited for it may be answered.
    package mutating func pageIsDurable(_ number: UInt64) {
        log.outstanding = 0
        log.durable = max(log.durable, number)
        if log.retry?.number == number { log.retry = nil }
        log.moves.removeFirst(log.moves.firstIndex { $0.to > number } ?? log.moves.count)
        forgetReplaced(upTo: number)
        if !sessionEndedOn.isEmpty { sessionEndedOn = sessionEndedOn.filter { $0.value > log.durable } }
        releaseAnswers(upTo: log.durable)
        releaseHeld()
        flushOutbox()
        pumpPagePending()
        log.trim()
    }

    /// Pages below this one are dead; tell the journal.
    package var firstLivePage: UInt64 {
        mutating get { log.dropBelow }
    }

    /// Bytes of facts decided and not handed to the journal yet.
    package var openPageBytes: Int {
        mutating get { log.writer.byteCount }
    }

    /// The size of the journal's pages, and how much of it is alive.
    package var journalBytes: (total: Int, live: Int) { (log.totalBytes, log.liveBytes) }
}
