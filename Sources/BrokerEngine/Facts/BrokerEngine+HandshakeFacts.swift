import Journal

/// The facts of QoS 2 handshakes: written, read back, moved to the tail.
extension BrokerEngine {
    // MARK: Identifiers that clients sent

    /// Writes that an identifier was received and is not released.
    ///
    /// - Parameters:
    ///   - identifier: The packet identifier.
    ///   - session: Whose it is.
    ///   - kind: `received` beside its message, `holding` when it is moved.
    /// - Returns: Where it stands.
    mutating func journalReceived(_ identifier: UInt16, of session: Int32, as kind: FactKind) -> FactPlace {
        let start = begin(kind)
        log.writer.append(varint: sessions[Int(session)].id)
        log.writer.append(identifier)
        return end(from: start, FactPlace())
    }

    mutating func journalReleased(_ identifier: UInt16, of session: Int32) {
        _ = begin(.released)
        log.writer.append(varint: sessions[Int(session)].id)
        log.writer.append(identifier)
        log.end()
    }

    mutating func applyReceived(
        _ identifier: UInt16,
        of session: Int32,
        _ place: FactPlace,
        wasMoved: Bool
    ) {
        let at = Int(session)
        if let old = sessions[at].received[identifier] { log.died(old.fact) }
        var receipt = ReceivedIdentifiers.Receipt(identifier: identifier, wasMoved: wasMoved)
        receipt.fact = place
        sessions[at].received.put(receipt)
        log.born(place)
    }

    mutating func applyReleased(_ identifier: UInt16, of session: Int32) {
        if let old = sessions[Int(session)].received.remove(identifier) { log.died(old.fact) }
    }

    /// Writes an identifier of an old page again, when it is still in its handshake.
    mutating func moveReceived(_ body: inout RecordBody, from page: UInt64) throws(JournalError) {
        let id = try body.readVarint()
        let identifier = try body.readUInt16()
        guard let session = sessionByID[id], var receipt = sessions[Int(session)].received[identifier],
            receipt.fact.page == page
        else { return }
        log.died(receipt.fact)
        receipt.fact = journalReceived(identifier, of: session, as: .holding)
        receipt.wasMoved = true
        sessions[Int(session)].received.put(receipt)
    }

    // MARK: Deliveries that clients confirmed

    /// Writes that PUBREC came for a position of a session.
    ///
    /// Like what says "done", it stands behind what it is about; the record of a message that is moved to the tail says it itself.
    mutating func journalConfirmed(_ position: UInt64, of session: Int32) {
        _ = begin(.confirmed)
        log.writer.append(varint: sessions[Int(session)].id)
        log.writer.append(varint: position)
        log.end()
    }

    mutating func applyConfirmed(_ position: UInt64, of session: Int32) {
        let at = Int(session)
        guard sessions[at].queue.contains(position), !sessions[at].queue[position].isDone else { return }
        sessions[at].queue[position].isConfirmed = true
    }
}
