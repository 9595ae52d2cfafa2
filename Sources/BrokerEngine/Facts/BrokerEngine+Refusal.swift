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
        retry.append(recordsOf: page.bytes, where: Self.isNoMessage)
        let again = JournalPage(number: page.number, bytes: retry.take())
        log.retry = again
        log.shrink(page.number, to: again.bytes.count)
        log.writer.append(recordsOf: log.writer.take(), where: Self.isNoMessage)
        for number in page.number...log.open where log.holds(number) {
            // A commit is tried again whole: nobody was told of it, and nobody saw what it published.
            log[number].messages.removeAll { $0 < 0 || !messages.slots[Int($0)].isInCommit }
        }
        log.cleaning = nil
        undoMoves(to: page.number)
        for slot in messages.slots.indices
        where messages.slots[slot].page >= page.number && !messages.slots[slot].isInCommit {
            refuseMessage(slot)
        }
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
        if !isEnough { log.health = .full } else if log.retry == nil { log.health = .good }
    }

    /// Whether new durable messages are refused because the journal is full.
    package var isRefusing: Bool { !log.takesMessages }

    private static func isNoMessage(_ record: RecordView) -> Bool { record.kind != FactKind.stored.rawValue }

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

    /// A message whose page was lost: not sent where it was not yet, and no fact any more.
    private mutating func refuseMessage(_ slot: Int) {
        log.died(messages.slots[slot].fact)
        messages.slots[slot].fact = FactPlace()
        // Nobody is told of the broker's own ones: they go out, and are lost only if the broker dies before.
        guard !messages.slots[slot].isOwn else { return }
        messages.slots[slot].isRefused = true
        statistics.refused += 1
    }

    /// Turns the PUBACKs that say success and wait for a lost page into 0x97; 3.1.1 has no reason there, so that client is disconnected.
    private mutating func refuseHeldPublishes(of connection: Int) {
        guard connections[connection].heldPublishes > 0 else { return }
        guard connections[connection].version == .v5 else {
            disconnect(connection, .quotaExceeded)
            return
        }
        var answers: [UInt8] = []
        var rest: [UInt8] = []
        let held = connections[connection].held
        // Nothing leaves before CONNACK; and PUBACKs keep their order behind that of a request, which is answered when its page is durable.
        var isKept = connections[connection].isConnAckHeld
        var kept = 0
        var offset = 0
        while let header = try? FixedHeader.parse(held.span, from: offset, limits: .default),
            offset + header.packetLength <= held.count
        {
            let packet = held[offset..<offset + header.packetLength]
            offset += header.packetLength
            if header.type != .puback {
                rest.append(contentsOf: packet)
                continue
            }
            isKept = isKept || Self.isOfRequest(packet)
            if isKept {
                rest.append(contentsOf: refusal(of: packet))
                kept += 1
            } else {
                answers.append(contentsOf: refusal(of: packet))
            }
        }
        let page = connections[connection].marks.last?.page ?? 0
        connections[connection].heldPublishes = kept
        connections[connection].held = rest
        connections[connection].marks = rest.isEmpty ? [] : [.init(page: page, end: rest.count, publishes: kept)]
        if !answers.isEmpty { write(answers, to: connection) }
    }

    /// Whether a PUBACK is that of a request to the broker itself: it says success in full.
    private static func isOfRequest(_ packet: ArraySlice<UInt8>) -> Bool {
        packet.count == 5 && packet.last == ReasonCode.success.rawValue
    }

    private func refusal(of packet: ArraySlice<UInt8>) -> [UInt8] {
        // 40 02 id id says success; a longer one has a reason of its own.
        guard packet.count == 4 else { return Array(packet) }
        return [
            0x40, 0x03, packet[packet.startIndex + 2], packet[packet.startIndex + 3], ReasonCode.quotaExceeded.rawValue,
        ]
    }
}
