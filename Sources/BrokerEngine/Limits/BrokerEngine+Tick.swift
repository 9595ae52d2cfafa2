import MQTTPackets

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
            case .authenticating: checkAuthentication(of: connection)
            case .connected:
                if !exchanges.isEmpty {
                    checkAuthentication(of: connection)
                    if connections[connection].state == .closing { continue }
                }
                if isStuck(connection) {
                    statistics.slowReaders += 1
                    disconnect(connection, .quotaExceeded, "what was written for this client was not taken")
                    leave(connection, isNormal: false)
                    continue
                }
                let allowed = connections[connection].silenceAllowed
                if allowed > 0, silence >= allowed, !connections[connection].isPaused {
                    disconnect(connection, .keepAliveTimeout)
                    leave(connection, isNormal: false)
                }
            }
        }
    }

    /// Whether a client has taken nothing for too long.
    private func isStuck(_ connection: Int) -> Bool {
        let since = connections[connection].stuckSince
        guard limits.slowReaderDeadline > 0, since != .never else { return false }
        return now.milliseconds - since.milliseconds >= Int64(limits.slowReaderDeadline) * 1_000
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
            // One that is not durable yet stays: should its page fail, the message before it comes back.
            if slot.references > 0, slot.expiresAt <= now.milliseconds, isRetained(Int32(sweepPosition)),
                !log.replaced.contains(where: { Int($0.new) == sweepPosition })
            {
                _ = clearRetained(messages.topic(of: Int32(sweepPosition)))
                statistics.expired += 1
            }
            sweepPosition += 1
            looked += 1
        }
        for session in sessions.indices where sessions[session].connection < 0 && sessions[session].queue.count > 0 {
            sweepQueue(of: Int32(session))
        }
        for group in groups.indices where groups[group].queued > 0 { sweepQueue(ofGroup: Int32(group)) }
    }

    private mutating func sweepQueue(of session: Int32) {
        let at = Int(session)
        var left = limits.expirySweepPerTick
        while left > 0, sessions[at].queue.count > 0 {
            let position = sessions[at].queue.head
            let entry = sessions[at].queue[position]
            // One that was sent already is sent again, whatever its expiry.
            guard !entry.wasSent, !entry.isConfirmed,
                messages.slots[Int(entry.message)].expiresAt <= now.milliseconds
            else { return }
            statistics.expired += 1
            giveUp(position, of: session)
            left -= 1
        }
    }

    private mutating func sweepQueue(ofGroup group: Int32) {
        var left = limits.expirySweepPerTick
        while left > 0, let message = first(of: group) {
            guard messages.slots[Int(message)].expiresAt <= now.milliseconds else { return }
            takeFirst(of: group)
            statistics.expired += 1
            finish(message, ofGroup: group)
            left -= 1
            // What is behind it need not wait for what it waited for.
            pumpLater(group: group)
        }
    }
}
