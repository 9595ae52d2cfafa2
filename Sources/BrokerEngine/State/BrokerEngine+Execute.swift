import BrokerAccess
import StateStore

/// What the commands of the state store do.
extension BrokerEngine {
    /// Executes a command.
    ///
    /// - Parameters:
    ///   - bytes: Where the request lies.
    ///   - payload: Where its payload lies.
    ///   - envelope: What its properties say.
    ///   - requester: Who asks.
    ///   - out: The payload of the answer is appended to it.
    /// - Returns: What the answer needs beside it.
    mutating func execute(
        _ bytes: Span<UInt8>,
        _ payload: Range<Int>,
        _ envelope: StateEnvelope,
        _ requester: Requester,
        to out: inout [UInt8]
    ) -> StateReply {
        do throws(StateError) {
            let request = try StateRequest.parse(
                bytes,
                in: payload,
                envelope: envelope,
                offersExtension: requester.isExtended,
                limits: state.configuration.limits
            )
            if let timestamp = envelope.timestamp, state.clock.isTooFarAhead(timestamp, now: now.milliseconds) {
                throw .timestampTooFarAhead
            }
            try checkAccess(request, bytes, requester)
            return try execute(request, bytes, envelope, requester, to: &out)
        } catch {
            statistics.stateRequestsRefused += 1
            out.removeAll(keepingCapacity: true)
            StateAnswer.append(error, to: &out)
            return StateReply()
        }
    }

    private mutating func execute(
        _ request: StateRequest,
        _ bytes: Span<UInt8>,
        _ envelope: StateEnvelope,
        _ requester: Requester,
        to out: inout [UInt8]
    ) throws(StateError) -> StateReply {
        switch request {
        case .write(let write):
            return try execute(write, bytes, envelope, requester, to: &out)
        case .get(let key):
            let page = pageRead(bytes.extracting(key))
            return StateReply(version: state.answer(request, in: bytes, now: now.milliseconds, to: &out), page: page)
        case .getMany, .getNew, .scan:
            // Whatever of it changed last stands on this page at the latest.
            let access = access(of: requester)
            let version = state.answer(request, in: bytes, now: now.milliseconds, to: &out) { key in
                access?.mayReadState(key) ?? true
            }
            return StateReply(version: version, page: stateChangedOn)
        case .watch(let key):
            try state.watch(bytes.extracting(key), client: requester.number)
            StateAnswer.appendOK(to: &out)
        case .unwatch(let key):
            let wasWatched = state.unwatch(bytes.extracting(key), client: requester.number)
            if wasWatched { StateAnswer.appendOK(to: &out) } else { StateAnswer.append(integer: 0, to: &out) }
        case .watchPrefix(let prefix):
            try state.watchPrefix(bytes.extracting(prefix), client: requester.number)
            StateAnswer.appendOK(to: &out)
        case .unwatchPrefix(let prefix):
            let wasWatched = state.unwatchPrefix(bytes.extracting(prefix), client: requester.number)
            if wasWatched { StateAnswer.appendOK(to: &out) } else { StateAnswer.append(integer: 0, to: &out) }
        }
        return StateReply()
    }

    private mutating func execute(
        _ write: StateWrite,
        _ bytes: Span<UInt8>,
        _ envelope: StateEnvelope,
        _ requester: Requester,
        to out: inout [UInt8]
    ) throws(StateError) -> StateReply {
        var tally = StateTally()
        if let refusal = state.check(write, in: bytes, now: now.milliseconds, tally: &tally) {
            if case .error(let error) = refusal { throw error }
            let page = pageRead(bytes.extracting(write.key))
            return StateReply(version: StateAnswer.append(refusal, to: &out), page: page)
        }
        if write.action == .set, log.isOn, !log.takesMessages, isJournaled(write, bytes) { throw .quotaExceeded }
        let version = try state.nextVersion(now: now.milliseconds, seeing: envelope.timestamp)
        let (change, page) = apply(write, bytes, version: version, by: requester)
        StateAnswer.append(change, to: &out)
        return StateReply(version: version, page: page)
    }

    /// Whether a write goes to the journal.
    mutating func isJournaled(_ write: StateWrite, _ bytes: Span<UInt8>) -> Bool {
        log.isOn && (write.isPersistent || !state.isMemoryOnly(bytes.extracting(write.key)))
    }

    /// Does a write that was checked, writes its fact, and tells who watches.
    ///
    /// - Returns: What it did, and the page that says so; 0 for none.
    mutating func apply(
        _ write: StateWrite,
        _ bytes: Span<UInt8>,
        version: StateVersion,
        by requester: Requester
    ) -> (change: StateChange, page: UInt64) {
        let key = bytes.extracting(write.key)
        let change = state.apply(write, in: bytes, version: version, now: now.milliseconds)
        var page: UInt64 = 0
        if let handle = change.handle, isJournaled(write, bytes) {
            journalStateSet(handle, previous: change.previous)
            page = log.open
        } else if change.previous.page != 0 {
            // Removed; or from now on in memory only, and a restart must not find what was there before.
            journalStateRemoved(key, version: version, previous: change.previous)
            if let handle = change.handle {
                state.setPlace(StatePlace(), of: handle)
            } else {
                stateRemovedOn = log.open
            }
            page = log.open
        }
        if page != 0 { stateChangedOn = page }
        if isWatched { tell(key, version: version, handle: change.handle, by: requester, after: page) }
        return (change, page)
    }

    /// Whether anybody watches anything.
    private var isWatched: Bool { state.hasWatches || state.hasPrefixWatches }

    /// The page that says what a reader of a key sees; 0 when that is not in the journal.
    mutating func pageRead(_ key: Span<UInt8>) -> UInt64 {
        guard let handle = state.find(key, now: now.milliseconds) else { return stateRemovedOn }
        return state.place(of: handle).page
    }

    // MARK: Time

    /// Removes keys whose time is over: a bounded number a turn.
    mutating func expireState() {
        guard state.nextExpiry <= now.milliseconds else { return }
        for removal in state.expire(now: now.milliseconds, limit: state.configuration.expiriesPerTick) {
            statistics.stateExpired += 1
            let key = removal.key.span
            var page: UInt64 = 0
            if removal.previous.page != 0 {
                journalStateRemoved(key, version: removal.version, previous: removal.previous)
                page = log.open
                (stateRemovedOn, stateChangedOn) = (page, page)
            }
            if isWatched { tell(key, version: removal.version, handle: nil, by: nil, after: page) }
        }
    }
}
