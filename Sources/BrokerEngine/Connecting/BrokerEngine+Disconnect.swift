import MQTTPackets
import StateStore

extension BrokerEngine {
    /// The transport of a connection is gone, whoever closed it.
    ///
    /// Called once for each handle, which is free after that.
    ///
    /// - Parameters:
    ///   - handle: The connection.
    ///   - time: Now.
    package mutating func close(_ handle: ConnectionHandle, at time: EngineTime) {
        advance(to: time)
        let connection = Int(handle.index)
        leave(connection, isNormal: false)
        forgetThrottle(of: connection)
        let wasHolder = connections[connection].isHolder
        forgetAuthentication(of: connection)
        connections[connection] = Connection()
        if wasHolder { holders.removeAll { $0 == handle.index } }
        dirty.removeAll { $0 == handle }
        freeConnections.append(handle.index)
    }

    /// DISCONNECT from the client (MQTT 5.0 §3.14).
    mutating func receiveDisconnect(_ disconnect: Disconnect, on connection: Int) throws(PacketError) {
        let session = Int(connections[connection].session)
        if let asked = disconnect.properties.sessionExpiryInterval, asked != sessions[session].expiry {
            if sessions[session].expiry == 0, asked != 0 {
                throw PacketError(
                    reasonCode: .protocolError,
                    message: "DISCONNECT asks for a session expiry where CONNECT had none"
                )
            }
            setExpiry(min(asked, limits.maximumSessionExpiry), of: Int32(session))
        }
        leave(connection, isNormal: disconnect.reasonCode == .normalDisconnection)
        stopAnswering(connection)
    }

    /// Nothing more leaves but what is in the output; the transport closes behind it.
    mutating func stopAnswering(_ connection: Int) {
        connections[connection].state = .closing
        connections[connection].held = []
        connections[connection].marks = []
        connections[connection].heldPublishes = 0
        connections[connection].openHandshakes = 0
        markDirty(connection)
    }

    private mutating func setExpiry(_ expiry: UInt32, of session: Int32) {
        let wasPersistent = sessions[Int(session)].isPersistent
        sessions[Int(session)].expiry = expiry
        if wasPersistent != sessions[Int(session)].isPersistent {
            changePersistence(of: session, to: sessions[Int(session)].isPersistent)
        }
        _ = journalSession(session)
    }

    /// The session of a connection goes on without it: will, shared deliveries and expiry are seen to (MQTT 5.0 §3.1.2.5, §4.8.2).
    mutating func leave(_ connection: Int, isNormal: Bool) {
        let session = connections[connection].session
        guard session >= 0 else { return }
        let at = Int(session)
        connections[connection].session = -1
        sessions[at].connection = -1
        statistics.connectedClients -= 1
        let isAttempt = connections[connection].isMartlet && !isNormal && !isShuttingDown
        handBack(of: session, isAttempt: isAttempt)
        returnPins(of: session)
        // What only this member could take is too large for all that are left.
        pumpGroups(of: session)
        if state.hasWatches || state.hasPrefixWatches { state.disconnect(StateClient(session)) }
        rewind(session, isAttempt: isAttempt)
        if isNormal {
            sessions[at].will = nil
        } else if let will = sessions[at].will {
            if will.delay == 0 {
                publishWill(of: session)
            } else {
                sessions[at].willAt = now.advanced(bySeconds: will.delay)
            }
        }
        if sessions[at].isPersistent {
            sessions[at].endsAt = now.advanced(bySeconds: sessions[at].expiry)
            journalDisconnected(session)
            if sessions[at].endsAt != .never || sessions[at].willAt != .never { timedSessions.insert(session) }
        } else {
            endSession(session)
        }
    }

    /// Says DISCONNECT with a reason to an MQTT 5 client that was told CONNACK ([MQTT-3.14.0-1]), and closes behind it.
    mutating func disconnect(_ connection: Int, _ reason: ReasonCode, _ message: String? = nil) {
        guard connections[connection].state != .closing else { return }
        defer { stopAnswering(connection) }
        if connections[connection].state == .connected, connections[connection].version == .v5,
            !connections[connection].isConnAckHeld
        {
            var packet = Disconnect(reasonCode: reason)
            if connections[connection].wantsProblemInformation { packet.properties.reasonString = message }
            packet.properties.serverReference = serverReference(for: reason)
            if !fits(.disconnect(packet), connection) { packet.properties.reasonString = nil }
            if !fits(.disconnect(packet), connection) { packet.properties.serverReference = nil }
            guard fits(.disconnect(packet), connection) else { return }
            markDirty(connection)
            Packet.disconnect(packet).encode(into: &connections[connection].output, version: .v5)
        }
    }

    /// Ends a connection because of what the peer sent.
    mutating func refuse(_ connection: Int, _ error: PacketError) {
        statistics.protocolErrors += 1
        // What is wrong with a second CONNECT, for one, has reasons that only CONNACK may say ([MQTT-3.14.2-1]).
        let isAllowed = error.reasonCode.isAllowed(in: .disconnect, direction: .toClient)
        disconnect(connection, isAllowed ? error.reasonCode : .protocolError, error.message)
        leave(connection, isNormal: false)
    }

    /// The broker stops: every client is told 0x8B, or where to go, and its session goes on as its expiry says.
    package mutating func shutDown(at time: EngineTime) {
        advance(to: time)
        // Whoever is cut off now has done nothing wrong: its deliveries do not count as attempts.
        isShuttingDown = true
        for connection in connections.indices {
            switch connections[connection].state {
            case .connected: disconnect(connection, farewell)
            case .authenticating: rejectConnect(connection, .serverUnavailable, "this broker is shutting down")
            case .free, .awaitingConnect, .closing: break
            }
        }
    }

    /// A session is over: its subscriptions, its queue and its place are freed.
    mutating func endSession(_ session: Int32) {
        let at = Int(session)
        // Whatever its delay: a will that is still there was not sent (MQTT 5.0 §3.1.3.2.2).
        publishWill(of: session)
        handBack(of: session, isAttempt: false)
        // In an order of its own, so that a run can be repeated.
        for subscription in sessions[at].subscriptions.values.sorted() { removeSubscription(subscription) }
        dropQueue(of: session)
        forgetReceiptFacts(of: session)
        journalSessionEnded(session)
        sessionByClient[sessions[at].clientIdentifier] = nil
        sessionByID[sessions[at].id] = nil
        forgetPrincipal(of: session)
        timedSessions.remove(session)
        statistics.sessions -= 1
        let wasPending = (sessions[at].isPumpPending, sessions[at].isAcknowledgementPending)
        sessions[at] = Session()
        sessions[at].isPumpPending = wasPending.0
        sessions[at].isAcknowledgementPending = wasPending.1
        if wasPending.0 || wasPending.1 { endedSessions.append(session) } else { freeSessions.append(session) }
    }

    /// Releases everything that waits for a session.
    private mutating func dropQueue(of session: Int32) {
        let at = Int(session)
        var position = sessions[at].queue.head
        while position < sessions[at].queue.tail {
            let entry = sessions[at].queue[position]
            if !entry.isDone {
                identifierSets.release(entry.identifiers)
                releaseMessage(entry.message)
            }
            position += 1
        }
        sessions[at].queue = DeliveryQueue()
        sessions[at].queuedBytes = 0
        sessions[at].acknowledged = []
    }

    /// Sends the will of a session, once.
    mutating func publishWill(of session: Int32) {
        let at = Int(session)
        guard let will = sessions[at].will else { return }
        sessions[at].will = nil
        sessions[at].willAt = .never
        if policy != nil, !maySendWill(of: session, to: will.topic.span) { return }
        publishPacket(will.packet, qos: will.qos, publisher: session, origin: .will)
    }
}
