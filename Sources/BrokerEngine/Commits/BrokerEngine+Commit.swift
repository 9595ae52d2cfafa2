import Journal
import StateStore

/// Commits: the end of a delivery, writes to the state store and messages, as one fact.
extension BrokerEngine {
    /// Executes the commits of a request, each by itself, all on one page.
    ///
    /// - Parameters:
    ///   - bytes: Where the request lies.
    ///   - payload: Where its payload lies.
    ///   - envelope: What its properties say.
    ///   - requester: Who asks.
    ///   - out: The payload of the answer is appended to it.
    /// - Returns: What the answer needs beside it.
    mutating func executeCommits(
        _ bytes: Span<UInt8>,
        _ payload: Range<Int>,
        _ envelope: StateEnvelope,
        _ requester: Requester,
        to out: inout [UInt8]
    ) -> StateReply {
        do throws(StateError) {
            guard requester.isExtended else { throw .unknownCommand }
            guard !envelope.isMalformed else { throw .malformedTimestamp }
            if let timestamp = envelope.timestamp, state.clock.isTooFarAhead(timestamp, now: now.milliseconds) {
                throw .timestampTooFarAhead
            }
            var reader = try CommitReader(bytes, in: payload, limits: state.configuration.limits)
            CommitOutcome.appendHeader(count: reader.count, to: &out)
            var reply = StateReply()
            while let count = reader.nextCommit(bytes) {
                let outcome = execute(&reader, count, bytes, envelope, requester)
                reply.page = max(reply.page, pageTold(by: outcome))
                outcome.append(to: &out)
            }
            return reply
        } catch {
            statistics.stateRequestsRefused += 1
            out.removeAll(keepingCapacity: true)
            StateAnswer.append(error, to: &out)
            return StateReply()
        }
    }

    /// The page that must be durable before an outcome is told.
    private func pageTold(by outcome: CommitOutcome) -> UInt64 {
        guard log.isOn else { return 0 }
        switch outcome {
        // Nothing is written of a delivery put off that no crash would bring back: nobody waits for a page that nobody writes.
        case .committed: return log.writer.isEmpty ? 0 : log.open
        // What it did not expect stands on this page at the latest.
        case .refused(let refusal): return refusal.code == .conflict || refusal.code == .fenced ? stateChangedOn : 0
        }
    }

    private mutating func execute(
        _ reader: inout CommitReader,
        _ count: Int,
        _ bytes: Span<UInt8>,
        _ envelope: StateEnvelope,
        _ requester: Requester
    ) -> CommitOutcome {
        var plan = CommitPlan()
        swap(&plan, &commitPlan)
        defer { swap(&plan, &commitPlan) }
        plan.removeAll()
        for index in 0..<count {
            let step = reader.nextOperation(bytes)
            if let refusal = check(step, at: index, of: count, bytes, requester, &plan) {
                statistics.commitsRefused += 1
                return .refused(refusal)
            }
        }
        guard let version = try? state.nextVersion(now: now.milliseconds, seeing: envelope.timestamp) else {
            return .refused(CommitRefusal(.invalid, index: 0, text: StateError.timestampTooFarAhead.text))
        }
        statistics.commits += 1
        perform(plan, bytes, version: version, by: requester)
        return .committed(version)
    }

    // MARK: Doing it

    /// Does what was checked: nothing of it can fail any more.
    private mutating func perform(
        _ plan: borrowing CommitPlan,
        _ bytes: Span<UInt8>,
        version: StateVersion,
        by requester: Requester
    ) {
        if let delay = plan.delay, case .shared(let identifier, let identity) = plan.delivery {
            putOff(identifier, identity, by: delay, bytes.extracting(plan.reason), of: requester.session)
            return
        }
        if log.isOn {
            log.beginCommit()
            log.writer.append(varint: UInt64(clamping: version.milliseconds))
            log.writer.append(varint: version.counter)
        }
        switch plan.delivery {
        case .none: break
        case .shared(let identifier, let identity): endShared(identifier, identity, of: requester.session)
        case .own(let position): endOwn(position, of: requester.session)
        }
        for write in plan.writes {
            // Removing what is not there is no work, and no reason to refuse the others.
            if write.action == .delete, state.find(bytes.extracting(write.key), now: now.milliseconds) == nil {
                continue
            }
            _ = apply(write, bytes, version: version, by: requester)
        }
        for message in plan.messages {
            publishPacket(
                plan.packets,
                message.packet,
                qos: message.qos,
                publisher: requester.session,
                origin: .commit
            )
        }
        if log.isOn { log.endCommit() }
    }

    private mutating func endShared(_ identifier: UInt16, _ identity: DeliveryIdentity, of session: Int32) {
        let slot = leaveWindow(identifier, identity, of: session)
        if messages.slots[Int(slot.message)].page != 0,
            messages.slots[Int(slot.message)].sequence >= groups[Int(slot.group)].durableFrom
        {
            journalDone(slot.message, ofGroup: slot.group)
        }
        release(slot.message, ofGroup: slot.group)
        if groups[Int(slot.group)].members.isEmpty { removeGroupIfDone(slot.group) }
        statistics.acknowledged += 1
    }

    /// A delivery of a group is not the session's any more, but its packet identifier is.
    private mutating func leaveWindow(
        _ identifier: UInt16,
        _ identity: DeliveryIdentity,
        of session: Int32
    ) -> SharedWindow.Slot {
        sessions[Int(session)].sharedByIdentity[identity] = nil
        let slot = sessions[Int(session)].shared.commit(identifier)
        groups[Int(slot.group)].inflight -= 1
        return slot
    }

    private mutating func endOwn(_ position: UInt64, of session: Int32) {
        let at = Int(session)
        let entry = sessions[at].queue[position]
        guard entry.qos < 2 else {
            // Its handshake goes on: PUBREC is taken as said.
            setConfirmed(position, of: session)
            return
        }
        if messages.slots[Int(entry.message)].page != 0, sessions[at].isPersistent {
            journalDone(position, of: session)
        }
        sessions[at].queuedBytes -= Int(messages.slots[Int(entry.message)].bodyLength)
        identifierSets.release(entry.identifiers)
        sessions[at].queue.commit(position)
        releaseMessage(entry.message)
        statistics.acknowledged += 1
    }

    /// RETRY: the delivery goes back to its group and comes again, not before the delay is over.
    private mutating func putOff(
        _ identifier: UInt16,
        _ identity: DeliveryIdentity,
        by delay: Int64,
        _ reason: Span<UInt8>,
        of session: Int32
    ) {
        let slot = leaveWindow(identifier, identity, of: session)
        statistics.retried += 1
        guard !groups[Int(slot.group)].members.isEmpty else {
            // Nobody is left whom it could come to.
            finish(slot.message, ofGroup: slot.group)
            removeGroupIfDone(slot.group)
            return
        }
        let due = EngineTime(milliseconds: now.milliseconds + delay)
        noteReason(reason, of: slot.message, ofGroup: slot.group)
        countAttempt(slot.message, ofGroup: slot.group, until: due)
        self.delay(slot.message, ofGroup: slot.group, until: due)
    }
}
