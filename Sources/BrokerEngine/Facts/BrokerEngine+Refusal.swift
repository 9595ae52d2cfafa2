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
        log.retry = JournalPage(number: page.number, bytes: retry.take())
        log.writer.append(recordsOf: log.writer.take(), where: Self.isNoMessage)
        for number in page.number...log.open where log.holds(number) { log[number].messages = [] }
        for slot in messages.slots.indices where messages.slots[slot].page >= page.number {
            refuseMessage(slot)
        }
        for holder in holders { refuseHeldPublishes(of: Int(holder)) }
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

    /// A message whose page was lost: not sent where it was not yet, and no fact any more.
    private mutating func refuseMessage(_ slot: Int) {
        let page = messages.slots[slot].page
        log.died(on: page, bytes: Int(messages.slots[slot].bodyLength))
        messages.slots[slot].page = 0
        messages.slots[slot].isRefused = true
        statistics.refused += 1
    }

    /// Turns the PUBACKs that say success and wait for a lost page into 0x97; 3.1.1 has no reason there, so that client is disconnected.
    private mutating func refuseHeldPublishes(of connection: Int) {
        var answers: [UInt8] = []
        let held = connections[connection].held
        guard connections[connection].version == .v5 else {
            if connections[connection].heldPublishes > 0 { disconnect(connection, .quotaExceeded) }
            return
        }
        var rest: [UInt8] = []
        var publishes = 0
        var offset = 0
        while let header = try? FixedHeader.parse(held.span, from: offset, limits: .default),
            offset + header.packetLength <= held.count
        {
            let packet = held[offset..<offset + header.packetLength]
            offset += header.packetLength
            if header.type != .puback {
                rest.append(contentsOf: packet)
            } else {
                publishes += 1
                answers.append(contentsOf: refusal(of: packet))
            }
        }
        connections[connection].held = rest
        connections[connection].heldPublishes -= publishes
        let page = connections[connection].marks.last?.page ?? 0
        connections[connection].marks = rest.isEmpty ? [] : [.init(page: page, end: rest.count, publishes: 0)]
        if !answers.isEmpty { write(answers, to: connection) }
    }

    private func refusal(of packet: ArraySlice<UInt8>) -> [UInt8] {
        // 40 02 id id says success; a longer one has a reason of its own.
        guard packet.count == 4 else { return Array(packet) }
        return [
            0x40, 0x03, packet[packet.startIndex + 2], packet[packet.startIndex + 3], ReasonCode.quotaExceeded.rawValue,
        ]
    }
}
