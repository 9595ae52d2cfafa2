import Journal
import MQTTPackets

/// QoS 2 from the broker to a client: PUBLISH → PUBREC → PUBREL → PUBCOMP (MQTT 5.0 §4.3.3).
///
/// A handshake is an entry of the session's queue, so its packet identifier and its place in the order are the same on every connection and
/// after every crash. That PUBREC came is a fact, and PUBREL waits for it: what a client released is never sent to it again. And a message
/// is not sent before it is durable itself: else a crash would give its packet identifier to another message, which the client would take
/// for this one.
extension BrokerEngine {
    // MARK: What the client says

    /// PUBREC: the message is in the client's hands, or with a reason of 0x80 or more refused, which ends its handshake.
    ///
    /// - Throws: 0x82 for a delivery of QoS 1.
    mutating func confirm(_ view: AckView, on connection: Int) throws(PacketError) {
        let session = connections[connection].session
        let at = Int(session)
        guard let position = try handshake(view.packetIdentifier, of: session, "PUBREC") else {
            // So that the client can end its handshake, which is none of ours.
            if view.reasonCode.isError { return }
            answerPublish(.pubrel, view.packetIdentifier, .packetIdentifierNotFound, on: connection, after: 0)
            return
        }
        guard !view.reasonCode.isError else {
            finish(position, of: session)
            statistics.acknowledged += 1
            roomInSession(session)
            return
        }
        if !sessions[at].queue[position].isConfirmed { setConfirmed(position, of: session) }
        // One that was not sent yet on this connection is released in its turn.
        guard sessions[at].queue[position].isInflight else { return }
        answerPublish(.pubrel, view.packetIdentifier, .success, on: connection, after: sessions[at].confirmedOn)
    }

    /// PUBCOMP: the handshake is over, whatever its reason.
    ///
    /// - Throws: 0x82 for a delivery of QoS 1, or one that the client did not confirm.
    mutating func complete(_ identifier: UInt16, on connection: Int) throws(PacketError) {
        let session = connections[connection].session
        guard let position = try handshake(identifier, of: session, "PUBCOMP") else { return }
        guard sessions[Int(session)].queue[position].isConfirmed else {
            throw PacketError(reasonCode: .protocolError, message: "PUBCOMP \(identifier) without PUBREC")
        }
        finish(position, of: session)
        statistics.acknowledged += 1
        roomInSession(session)
    }

    /// The position of the handshake with a packet identifier; nil for none.
    private mutating func handshake(
        _ identifier: UInt16,
        of session: Int32,
        _ packet: String
    ) throws(PacketError) -> UInt64? {
        let at = Int(session)
        guard identifier < SharedWindow.firstIdentifier else {
            guard !sessions[at].shared.holds(identifier) else { throw Self.notExactlyOnce(packet, identifier) }
            return nil
        }
        guard let position = sessions[at].queue.place(of: identifier) else { return nil }
        let entry = sessions[at].queue[position]
        if entry.isDone {
            guard !entry.isCommitted else { throw Self.notExactlyOnce(packet, identifier) }
            return nil
        }
        guard entry.qos == 2 else {
            guard !entry.isInflight else { throw Self.notExactlyOnce(packet, identifier) }
            return nil
        }
        return entry.mayHaveBegun ? position : nil
    }

    private static func notExactlyOnce(_ packet: String, _ identifier: UInt16) -> PacketError {
        PacketError(reasonCode: .protocolError, message: "\(packet) \(identifier) for a message of QoS 1")
    }

    // MARK: What becomes of an entry

    /// A delivery is in the client's hands, and never sent as PUBLISH again.
    mutating func setConfirmed(_ position: UInt64, of session: Int32) {
        let at = Int(session)
        sessions[at].queue[position].isConfirmed = true
        let message = Int(sessions[at].queue[position].message)
        guard log.isOn, sessions[at].isPersistent, messages.slots[message].page != 0 else { return }
        journalConfirmed(position, of: session)
        sessions[at].confirmedOn = log.open
    }

    /// A delivery is not to be sent (again): done, unless its receiver may be in the midst of its handshake, which then goes on to its end
    /// without the message.
    mutating func giveUp(_ position: UInt64, of session: Int32) {
        let entry = sessions[Int(session)].queue[position]
        if entry.qos == 2, entry.mayHaveBegun {
            if !entry.isConfirmed { setConfirmed(position, of: session) }
        } else {
            finish(position, of: session)
        }
    }

    /// Sends PUBREL for a delivery that was confirmed before this connection ([MQTT-4.4.0-1]).
    ///
    /// It counts as in flight like a message, but does not wait for room: there may be more of them than the client's Receive Maximum of
    /// this connection.
    mutating func resumeRelease(_ position: UInt64, of session: Int32) {
        let at = Int(session)
        sessions[at].queue[position].isInflight = true
        sessions[at].ownInflight += 1
        answerPublish(
            .pubrel,
            DeliveryQueue.identifier(of: position),
            .success,
            on: Int(sessions[at].connection),
            after: sessions[at].confirmedOn
        )
    }

    /// Whether a delivery of QoS 2 may be sent now.
    ///
    /// Its message must be durable: not seen by its receiver again after a crash, or by nobody after a refusal. And so must be the end of the
    /// last handshake with its packet identifier.
    mutating func mayBegin(_ position: UInt64, of session: Int32) -> Bool {
        guard log.isOn else { return true }
        let at = Int(session)
        let message = Int(sessions[at].queue[position].message)
        guard messages.slots[message].page <= log.durable else { return false }
        guard sessions[at].isPersistent else { return true }
        // Whatever is done by now stands on the open page, if there is anything on it.
        let isNothingOpen = log.writer.isEmpty && acknowledgingSessions.isEmpty && acknowledgingGroups.isEmpty
        return sessions[at].identifierReuse.mayUse(
            position,
            head: sessions[at].queue.head,
            on: isNothingOpen ? log.open - 1 : log.open,
            durable: log.durable
        )
    }

    /// Whether the journal refused what a delivery of QoS 2 needs: a copy of the broker's own, which nobody could be told of.
    mutating func isUnstored(_ entry: DeliveryEntry, of session: Int32) -> Bool {
        log.isOn && entry.qos == 2 && sessions[Int(session)].isPersistent
            && messages.slots[Int(entry.message)].page == 0
    }
}
