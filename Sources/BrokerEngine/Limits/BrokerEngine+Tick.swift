import MQTTPackets
import NIOCore

/// What time does: called by the shell about once a second.
extension BrokerEngine {
    /// Closes silent connections, ends sessions, sends wills, lets messages expire, reports to `$SYS`.
    ///
    /// Call ``endTurn(at:)`` after it.
    package mutating func tick(at time: EngineTime) {
        advance(to: time)
        checkConnections()
        checkSessions()
        sweepExpired()
        if configuration.systemTopicInterval > 0, now >= nextSystemReport {
            nextSystemReport = now.advanced(bySeconds: configuration.systemTopicInterval)
            reportSystem()
        }
    }

    private mutating func checkConnections() {
        for connection in connections.indices {
            let silence = now.milliseconds - connections[connection].lastReceived.milliseconds
            switch connections[connection].state {
            case .free, .closing: continue
            case .awaitingConnect:
                if silence >= Int64(limits.connectDeadline) * 1_000 {
                    connections[connection].state = .closing
                    markDirty(connection)
                }
            case .connected:
                let allowed = connections[connection].silenceAllowed
                if allowed > 0, silence >= allowed {
                    disconnect(connection, .keepAliveTimeout)
                    leave(connection, isNormal: false)
                }
            }
        }
    }

    private mutating func checkSessions() {
        guard !timedSessions.isEmpty else { return }
        let due = timedSessions.filter { sessions[Int($0)].endsAt <= now || sessions[Int($0)].willAt <= now }
        for session in due.sorted() where sessions[Int(session)].connection < 0 {
            if sessions[Int(session)].willAt <= now {
                publishWill(of: session)
                if sessions[Int(session)].endsAt > now {
                    journalDisconnected(session)
                    if sessions[Int(session)].endsAt == .never { timedSessions.remove(session) }
                }
            }
            if sessions[Int(session)].endsAt <= now { endSession(session) }
        }
    }

    /// Looks at some messages each tick; the bytes of expired ones at the head of a queue nobody drains are freed.
    private mutating func sweepExpired() {
        var looked = 0
        while looked < limits.expirySweepPerTick, looked < messages.slots.count {
            if sweepPosition >= messages.slots.count { sweepPosition = 0 }
            let slot = messages.slots[sweepPosition]
            if slot.references > 0, slot.expiresAt <= now.milliseconds, isRetained(Int32(sweepPosition)) {
                _ = clearRetained(messages.topic(of: Int32(sweepPosition)))
                statistics.expired += 1
            }
            sweepPosition += 1
            looked += 1
        }
        for session in sessionByID.values where sessions[Int(session)].connection < 0 { sweepQueue(of: session) }
    }

    private mutating func sweepQueue(of session: Int32) {
        let at = Int(session)
        var left = limits.expirySweepPerTick
        while left > 0, sessions[at].queue.count > 0 {
            let position = sessions[at].queue.head
            let entry = sessions[at].queue[position]
            guard !entry.isDone, messages.slots[Int(entry.message)].expiresAt <= now.milliseconds else { return }
            statistics.expired += 1
            finish(position, of: session)
            left -= 1
        }
    }

    // MARK: $SYS

    private mutating func reportSystem() {
        report("version", configuration.version)
        report("uptime", "\((now.milliseconds - startedAt.milliseconds) / 1_000) seconds")
        report("clients/connected", statistics.connectedClients)
        report("clients/total", statistics.sessions)
        report("clients/disconnected", statistics.sessions - statistics.connectedClients)
        report("subscriptions/count", statistics.subscriptions)
        report("retained messages/count", statistics.retainedMessages)
        report("store/messages/count", messages.count)
        report("store/messages/bytes", messages.storedBytes)
        report("publish/messages/received", statistics.publishesReceived)
        report("publish/messages/sent", statistics.publishesSent)
        report("publish/messages/dropped", statistics.droppedQoS0 + statistics.droppedQueueFull)
        report("publish/messages/refused", statistics.refused)
        report("publish/messages/expired", statistics.expired)
        report("bytes/received", statistics.bytesReceived)
        report("bytes/sent", statistics.bytesSent)
        report("journal/bytes", log.totalBytes)
        for group in groups where !group.members.isEmpty {
            let name = String(decoding: group.name.dropFirst("$share/".utf8.count), as: UTF8.self)
            guard !name.contains(where: { $0 == "+" || $0 == "#" }) else { continue }
            report("groups/\(name)/queued", group.queued)
            report("groups/\(name)/inflight", group.inflight)
            report("groups/\(name)/redistributed", group.redistributed)
        }
    }

    private mutating func report(_ topic: String, _ value: some CustomStringConvertible) {
        let publish = Publish(
            dup: false,
            qos: .atMostOnce,
            retain: true,
            topic: "$SYS/broker/\(topic)",
            packetIdentifier: nil,
            properties: PublishProperties(),
            payload: ByteBuffer(string: value.description)
        )
        var buffer = ByteBuffer()
        Packet.publish(publish).encode(into: &buffer, version: .v5)
        publishPacket(Array(buffer.readableBytesView), qos: 0, publisher: -1, isSystem: true)
    }
}
