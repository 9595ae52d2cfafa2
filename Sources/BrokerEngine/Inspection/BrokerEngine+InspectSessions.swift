import BrokerAccess
import MQTTPackets
import NIOCore

/// Questions about sessions. All questions only read, each within the limits of ``EngineLimits``.
extension BrokerEngine {
    /// Lists sessions.
    ///
    /// - Parameters:
    ///   - question: Which ones.
    ///   - cursor: What the page before gave; 0 for the first.
    ///   - limit: How many at most.
    /// - Returns: A page of them.
    package func inspectSessions(
        _ question: SessionQuestion,
        from cursor: UInt64,
        limit: Int
    ) -> InspectionPage<InspectedSession> {
        var page = InspectionPage<InspectedSession>()
        var walk = InspectionCursor(cursor, end: sessions.count, limit: limit, limits)
        while walk.isOpen {
            let isListed = isAsked(walk.place, question)
            if isListed { page.items.append(inspected(Int32(walk.place))) }
            walk.pass(isListed: isListed)
        }
        page.next = walk.next
        return page
    }

    private func isAsked(_ session: Int, _ question: SessionQuestion) -> Bool {
        guard sessions[session].id != 0 else { return false }
        if let wanted = question.isConnected, wanted != (sessions[session].connection >= 0) { return false }
        return sessions[session].clientIdentifier.starts(with: question.prefix)
    }

    /// Shows one session.
    ///
    /// - Parameter client: Its client identifier.
    /// - Returns: The session; nil for none.
    package func inspectSession(of client: [UInt8]) -> InspectedSession? {
        sessionByClient[client].map { inspected($0) }
    }

    private func inspected(_ session: Int32) -> InspectedSession {
        let at = Int(session)
        let queue = sessions[at].queue
        return InspectedSession(
            clientIdentifier: String(decoding: sessions[at].clientIdentifier, as: UTF8.self),
            live: sessions[at].connection < 0 ? nil : live(Int(sessions[at].connection)),
            expiry: sessions[at].expiry,
            endsAt: sessions[at].endsAt,
            subscriptions: sessions[at].subscriptions.count,
            groups: sessions[at].groups.count,
            queued: max(0, queue.pending + queue.committed - sessions[at].ownInflight),
            queuedBytes: sessions[at].queuedBytes,
            inflight: sessions[at].inflight,
            oldestAge: queue.count == 0 || queue[queue.head].isDone ? nil : age(of: queue[queue.head].message),
            will: sessions[at].will.flatMap { inspected($0, dueAt: sessions[at].willAt) }
        )
    }

    private func live(_ connection: Int) -> InspectedSession.Live {
        let most = connections[connection].maximumPacketSize
        return InspectedSession.Live(
            handle: ConnectionHandle(Int32(connection)),
            version: connections[connection].version,
            userName: principal(of: connection)?.userName,
            keepAlive: Int(connections[connection].silenceAllowed / 1_500),
            receiveMaximum: min(connections[connection].receiveMaximum, limits.inflightPerSession),
            maximumPacketSize: most == .max ? nil : most,
            lastHeard: connections[connection].lastReceived,
            outputBytes: connections[connection].output.readableBytes,
            isWritable: connections[connection].isWritable,
            isExtended: connections[connection].isMartlet
        )
    }

    private func inspected(_ will: StoredWill, dueAt: EngineTime) -> InspectedSession.Will? {
        let bytes = will.packet.span
        guard let header = try? FixedHeader.parse(bytes, from: 0, limits: limits.packet),
            let view = try? PublishView.parse(bytes, packetAt: 0, header: header, version: .v5, limits: limits.packet)
        else { return nil }
        return InspectedSession.Will(
            topic: String(decoding: will.packet[view.topic], as: UTF8.self),
            qos: will.qos,
            isRetained: view.retain,
            payloadBytes: view.payload.count,
            delay: will.delay,
            dueAt: dueAt
        )
    }

    /// Seconds since a message arrived; since the start where nobody knows.
    func age(of message: Int32) -> Int {
        let arrived = messages.slots[Int(message)].arrived
        let since = arrived == 0 ? startedAt.milliseconds / 1_000 : Int64(arrived)
        return max(0, Int(now.milliseconds / 1_000 - since))
    }
}
