import MQTTPackets

/// QoS 2 from a client to the broker: PUBLISH → PUBREC → PUBREL → PUBCOMP, routed once (MQTT 5.0 §4.3.3).
///
/// The identifiers of handshakes belong to the session, and are durable where it is. So the page of a message has its identifier too, and
/// PUBREC waits for it; PUBCOMP waits until the release is durable, because a client takes the identifier for another message then.
extension BrokerEngine {
    /// PUBLISH with QoS 2 under an identifier in a handshake: the same message again, whatever its DUP flag says ([MQTT-4.3.3-10]).
    ///
    /// - Returns: Whether it was that, and is answered.
    mutating func isRepeated(_ view: PublishView, on connection: Int) -> Bool {
        guard connections[connection].mayHoldReceipts,
            let receipt = sessions[Int(connections[connection].session)].received[view.packetIdentifier]
        else { return false }
        statistics.repeatedPublishes += 1
        answerPublish(.pubrec, view.packetIdentifier, .success, on: connection, after: receipt.page)
        return true
    }

    /// PUBLISH with QoS 2, a new message.
    mutating func receiveExactlyOnce(
        _ bytes: Span<UInt8>,
        _ view: PublishView,
        on connection: Int
    ) throws(PacketError) {
        let session = connections[connection].session
        try checkReceiveMaximum(of: connection)
        let isDurable = log.isOn && sessions[Int(session)].isPersistent
        guard !isDurable || log.takesMessages else {
            refusePublish(view, on: connection)
            return
        }
        switch route(bytes, view, qos: 2, publisher: session, origin: .client) {
        case .accepted(let isMessageDurable):
            beginHandshake(view, .success, on: connection, after: isDurable || isMessageDurable ? log.open : 0)
        case .unmatched:
            beginHandshake(view, .noMatchingSubscribers, on: connection, after: isDurable ? log.open : 0)
        case .refused: refusePublish(view, on: connection)
        }
    }

    private mutating func beginHandshake(
        _ view: PublishView,
        _ reason: ReasonCode,
        on connection: Int,
        after page: UInt64
    ) {
        let session = connections[connection].session
        var receipt = ReceivedIdentifiers.Receipt(identifier: view.packetIdentifier, page: page)
        if log.isOn, sessions[Int(session)].isPersistent {
            receipt.fact = journalReceived(view.packetIdentifier, of: session, as: .received)
        }
        sessions[Int(session)].received.put(receipt)
        connections[connection].mayHoldReceipts = true
        connections[connection].openHandshakes += 1
        answerPublish(.pubrec, view.packetIdentifier, reason, on: connection, after: page)
    }

    /// Whether a QoS 2 handshake has a packet identifier that something else is sent with (MQTT 5.0 §2.2.1).
    @inline(__always)
    func isInHandshake(_ identifier: UInt16, on connection: Int) -> Bool {
        connections[connection].mayHoldReceipts
            && sessions[Int(connections[connection].session)].received[identifier] != nil
    }

    /// PUBREL: the handshake is over, and its identifier free.
    ///
    /// One that is in no handshake is answered too, so that its sender can end (MQTT 5.0 §4.3.3).
    mutating func release(_ identifier: UInt16, on connection: Int) {
        let session = connections[connection].session
        let at = Int(session)
        guard let receipt = sessions[at].received.remove(identifier) else {
            let page = sessions[at].received.releasedOn
            answerPublish(.pubcomp, identifier, .packetIdentifierNotFound, on: connection, after: page)
            return
        }
        var page: UInt64 = 0
        if receipt.fact.isWritten {
            journalReleased(identifier, of: session)
            log.died(receipt.fact)
            page = log.open
            sessions[at].received.releasedOn = page
        }
        answerPublish(.pubcomp, identifier, .success, on: connection, after: page)
    }

    // MARK: When the journal takes nothing

    /// The messages of pages from one on were refused, and so the handshakes that began with them.
    mutating func removeReceipts(from page: UInt64) {
        for at in sessions.indices where sessions[at].received.count > 0 {
            for receipt in sessions[at].received.receipts where receipt.page >= page && !receipt.wasMoved {
                if receipt.fact.isWritten { log.died(receipt.fact) }
                _ = sessions[at].received.remove(receipt.identifier)
            }
        }
    }

    /// The journal has no receipts of a session any more.
    mutating func forgetReceiptFacts(of session: Int32) {
        let at = Int(session)
        for var receipt in sessions[at].received.receipts where receipt.fact.isWritten {
            log.died(receipt.fact)
            receipt.recordBytes = 0
            sessions[at].received.put(receipt)
        }
    }
}
