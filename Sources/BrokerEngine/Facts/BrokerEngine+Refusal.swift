package import Journal
import MQTTPackets

/// What happens when the journal takes nothing.
extension BrokerEngine {
    /// A page could not be made durable.
    ///
    /// A full journal: the messages on the page are refused (their publishers are told 0x97, and nobody gets them who has not yet); what
    /// else stood on it is tried again, see ``takeRetry()``. Any other failure: nobody is answered any more, the shell must stop.
    ///
    /// - Parameters:
    ///   - page: The page, as it was handed out.
    ///   - isFull: Whether it failed for want of space.
    package mutating func pageFailed(_ page: JournalPage, isFull: Bool) {
        log.outstanding = 0
        guard isFull else {
            log.health = .lost
            return
        }
        log.health = .full
        var retry = PageWriter(capacity: page.bytes.count)
        retry.append(recordsOf: page.bytes, where: Self.isKept)
        let again = JournalPage(number: page.number, bytes: retry.take())
        log.retry = again
        log.shrink(page.number, to: again.bytes.count)
        log.writer.append(recordsOf: log.writer.take(), where: Self.isKept)
        for number in page.number...log.open where log.holds(number) {
            // A commit is tried again whole: nobody was told of it, and nobody saw what it published.
            log[number].messages.removeAll { $0 < 0 || !messages.slots[Int($0)].isInCommit }
        }
        log.cleaning = nil
        undoMoves(to: page.number)
        keepCopies(before: page.number)
        for slot in messages.slots.indices
        where messages.slots[slot].page >= page.number && !messages.slots[slot].isInCommit {
            refuseMessage(slot)
        }
        refuseHeldMessages(from: page.number)
        removeReceipts(from: page.number)
        restoreReplaced(from: page.number)
        for holder in holders { refuseHeldPublishes(of: Int(holder)) }
        // What waited for the page is refused, or stands again where it stood before.
        pumpPagePending()
    }

    /// The page that could not be appended, to be tried again; nil when there is none.
    package mutating func takeRetry() -> JournalPage? {
        guard log.outstanding == 0, let page = log.retry else { return nil }
        log.outstanding = page.number
        return page
    }

    /// The shell looked at how much space is left.
    ///
    /// - Parameter isEnough: False stops new durable messages (0x97) before the journal is really full; true takes them again,
    ///   once nothing is left to be tried again.
    package mutating func setSpace(isEnough: Bool) {
        guard log.health != .lost else { return }
        guard isEnough else {
            log.health = .full
            return
        }
        guard log.health != .good, log.retry == nil else { return }
        log.health = .good
        // QoS 2 messages of groups wait for room in the journal, see mayPin.
        for group in groups.indices where groups[group].queued > 0 { pumpLater(group: Int32(group)) }
    }

    /// Whether new durable messages are refused because the journal is full.
    package var isRefusing: Bool { !log.takesMessages }

    /// Whether a record is tried again: any but those of messages, and of the QoS 2 identifiers that came with them.
    private static func isKept(_ record: RecordView) -> Bool {
        record.kind != FactKind.stored.rawValue && record.kind != FactKind.received.rawValue
    }

    /// What was copied to a page that failed still stands where it was copied from.
    private mutating func undoMoves(to page: UInt64) {
        while let move = log.moves.last, move.to >= page {
            log.moves.removeLast()
            let at = Int(move.message)
            guard messages.slots[at].sequence == move.sequence else { continue }
            log.died(messages.slots[at].fact)
            messages.slots[at].fact = move.from
            log.born(move.from)
        }
    }

    /// A copy of a retained message whose own page is durable stands with that message, though the page of the copy fails.
    private mutating func keepCopies(before page: UInt64) {
        for held in heldMessages where held.originPage < page {
            guard messages.slots[Int(held.message)].sequence == held.sequence else { continue }
            messages.slots[Int(held.message)].isOwn = true
        }
    }

    /// A message whose page was lost: not sent where it was not yet, and no fact any more.
    private mutating func refuseMessage(_ slot: Int) {
        log.died(messages.slots[slot].fact)
        messages.slots[slot].fact = FactPlace()
        // Nobody is told of the broker's own ones: they go out, and are lost only if the broker dies before.
        guard !messages.slots[slot].isOwn else { return }
        messages.slots[slot].isRefused = true
        statistics.refused += 1
    }

    /// A message that waits for a lost page without a record of its own on it: its publisher's identifier was on it.
    private mutating func refuseHeldMessages(from page: UInt64) {
        for held in heldMessages where held.page >= page {
            let at = Int(held.message)
            guard messages.slots[at].sequence == held.sequence, !messages.slots[at].isInCommit,
                !messages.slots[at].isOwn
            else { continue }
            messages.slots[at].isHeld = false
            if !messages.slots[at].isRefused {
                messages.slots[at].isRefused = true
                statistics.refused += 1
            }
        }
        let refused = heldCopies.filter { messages.slots[Int($0.message)].isRefused }
        heldCopies.removeAll { messages.slots[Int($0.message)].isRefused }
        for copy in refused { releaseMessage(copy.message) }
    }

    /// Turns the PUBACKs and PUBRECs that say success and wait for a lost page into 0x97; 3.1.1 has no reason there, so that client is
    /// disconnected.
    private mutating func refuseHeldPublishes(of connection: Int) {
        let held = connections[connection].held
        var (answers, rest): ([UInt8], [UInt8]) = ([], [])
        // Nothing leaves before CONNACK; and PUBACKs keep their order behind that of a request, which is answered when its page is durable.
        var isKept = connections[connection].isConnAckHeld
        var (kept, refusedHandshakes) = (0, 0)
        // What is left of the count is that of the PUBCOMPs: those that end a handshake of this connection.
        var completions = connections[connection].heldPublishes
        var offset = 0
        while let header = try? FixedHeader.parse(held.span, from: offset, limits: .default),
            offset + header.packetLength <= held.count
        {
            let packet = held[offset..<offset + header.packetLength]
            offset += header.packetLength
            guard header.type == .puback || header.type == .pubrec else {
                rest.append(contentsOf: packet)
                continue
            }
            if header.type == .puback || Self.isRefusal(packet) { completions -= 1 }
            let stands = stands(packet, header.type, on: connection)
            guard stands || connections[connection].version == .v5 else {
                disconnect(connection, .quotaExceeded)
                return
            }
            isKept = isKept || Self.isOfRequest(packet)
            if header.type == .pubrec, !stands { refusedHandshakes += 1 }
            let answer = stands ? Array(packet) : Self.refusal(of: packet)
            if isKept {
                rest.append(contentsOf: answer)
                if header.type == .puback || Self.isRefusal(answer[...]) { kept += 1 }
            } else {
                answers.append(contentsOf: answer)
            }
        }
        let page = connections[connection].marks.last?.page ?? 0
        kept += max(0, completions)
        connections[connection].heldPublishes = kept
        connections[connection].openHandshakes = max(0, connections[connection].openHandshakes - refusedHandshakes)
        connections[connection].held = rest
        connections[connection].marks = rest.isEmpty ? [] : [.init(page: page, end: rest.count, publishes: kept)]
        if !answers.isEmpty { write(answers, to: connection) }
    }

    /// Whether a PUBACK is that of a request to the broker itself: it says success in full.
    private static func isOfRequest(_ packet: ArraySlice<UInt8>) -> Bool {
        packet.count == 5 && packet.first == 0x40 && packet.last == ReasonCode.success.rawValue
    }

    /// Whether a held acknowledgement stays as it is: one that says more than success, and that of a QoS 2 message whose identifier is
    /// still in its handshake, because it depends on no page that failed.
    private func stands(_ packet: ArraySlice<UInt8>, _ type: PacketType, on connection: Int) -> Bool {
        if type == .puback { return packet.count != 4 }
        guard !Self.isRefusal(packet) else { return true }
        let identifier = UInt16(packet[packet.startIndex + 2]) << 8 | UInt16(packet[packet.startIndex + 3])
        return isInHandshake(identifier, on: connection)
    }

    /// Whether an acknowledgement has a reason of 0x80 or more.
    private static func isRefusal(_ packet: ArraySlice<UInt8>) -> Bool {
        packet.count > 4 && packet[packet.startIndex + 4] >= 0x80
    }

    /// The acknowledgement of the same message that refuses it.
    private static func refusal(of packet: ArraySlice<UInt8>) -> [UInt8] {
        let start = packet.startIndex
        return [packet[start], 0x03, packet[start + 2], packet[start + 3], ReasonCode.quotaExceeded.rawValue]
    }
}
