import BrokerAccess
import MQTTPackets
import NIOCore

extension BrokerEngine {
    /// Asks in CONNECT for what is beyond the standard, and confirms it in CONNACK.
    static let extensionMark = UserProperty(name: "martlet", value: "1")

    /// CONNECT (MQTT 5.0 §3.1): looks at what needs no proof, and lets the client in or has it prove who it is.
    mutating func receiveConnect(_ connect: Connect, on connection: Int) {
        connections[connection].version = connect.version
        connections[connection].maximumPacketSize = connect.properties.maximumPacketSize.map(Int.init) ?? .max
        connections[connection].wantsProblemInformation = connect.properties.requestProblemInformation ?? true
        if redirection != nil {
            rejectConnect(
                connection,
                farewell == .serverMoved ? .serverMoved : .useAnotherServer,
                "another server serves clients"
            )
            return
        }
        if connections[connection].mustAuthenticate {
            park(connect, on: connection)
            return
        }
        if connect.properties.authenticationMethod != nil {
            rejectConnect(connection, .badAuthenticationMethod, "this broker has no enhanced authentication")
            return
        }
        admit(connect, Principal(userName: nil, clientIdentifier: connect.clientIdentifier), on: connection)
    }

    /// The client is who it says: finds or makes the session, and answers.
    ///
    /// - Parameters:
    ///   - connect: Its CONNECT.
    ///   - principal: Who it is. The session is the one that CONNECT names.
    ///   - connection: Its connection.
    ///   - proof: The authentication method and its last word, for CONNACK ([MQTT-4.12.0-5]).
    mutating func admit(
        _ connect: Connect,
        _ principal: Principal,
        on connection: Int,
        proof: (method: String, data: [UInt8]?)? = nil
    ) {
        var answer = ConnAck(sessionPresent: false, reasonCode: .success)
        var client = Array(connect.clientIdentifier.utf8)
        if client.isEmpty {
            client = assignClientIdentifier()
            if connect.version == .v5 {
                answer.properties.assignedClientIdentifier = String(decoding: client, as: UTF8.self)
            }
        }
        guard isWillAllowed(connect, connection) else { return }
        var principal = principal
        principal.clientIdentifier = String(decoding: client, as: UTF8.self)
        guard mayConnect(principal, connect, connection) else { return }
        var changedDurable = false
        if let old = sessionByClient[client] {
            takeOver(old)
            if connect.cleanStart, sessionByClient[client] != nil {
                changedDurable = sessions[Int(old)].fact.isWritten
                endSession(old)
            }
        }
        let known = sessionByClient[client]
        guard known != nil || sessionByID.count < limits.sessions else {
            rejectConnect(connection, .quotaExceeded, "there are as many sessions as this broker allows")
            return
        }
        guard hasSessionLeft(principal, for: known) else {
            rejectConnect(connection, .quotaExceeded, "this user has as many sessions as the broker allows")
            return
        }
        answer.sessionPresent = known != nil
        connections[connection].isMartlet = connect.properties.userProperties.contains(Self.extensionMark)
        let session = known ?? makeSession(client)
        attach(session, to: connection, connect)
        changedDurable = journalSession(session) || changedDurable
        remember(principal, of: session)
        if let access = connections[connection].access { reviewSubscriptions(of: session, access) }
        grant(connect, session, connection, &answer)
        if let proof {
            answer.properties.authenticationMethod = proof.method
            answer.properties.authenticationData = proof.data.map { ByteBuffer(bytes: $0) }
        }
        statistics.connectedClients += 1
        if changedDurable { sessions[Int(session)].changedOn = log.open }
        // The session before may have ended long ago, and its end wait for room in the journal.
        let page = max(sessions[Int(session)].changedOn, sessionEndedOn[client] ?? 0)
        guard fits(.connack(answer), connection) else {
            // Not even CONNACK may be sent: that is no client to talk to.
            stopAnswering(connection)
            return
        }
        self.answer(.connack(answer), on: connection, after: page)
        if connections[connection].marks.isEmpty == false { connections[connection].connackPage = page }
        pumpLater(connection: connection)
    }

    /// Whether there is no will, or one that this broker can send; rejects the CONNECT otherwise.
    private mutating func isWillAllowed(_ connect: Connect, _ connection: Int) -> Bool {
        guard let will = connect.will else { return true }
        guard hasGoodFormat(will.properties.payloadFormatIndicator, will.payload.readableBytesUInt8Span) else {
            rejectConnect(connection, .payloadFormatInvalid, "the payload of the will is not UTF-8")
            return false
        }
        let topic = Array(will.topic.utf8)
        if isOwnTopic(topic.span) || isRequestTopic(topic.span) {
            rejectConnect(connection, .topicNameInvalid, "the will is for a topic of the broker's own")
            return false
        }
        return true
    }

    /// Closes the connection a session is on, because another one came ([MQTT-3.1.4-3]).
    private mutating func takeOver(_ session: Int32) {
        let connection = sessions[Int(session)].connection
        guard connection >= 0 else { return }
        disconnect(Int(connection), .sessionTakenOver)
        leave(Int(connection), isNormal: false)
    }

    private mutating func assignClientIdentifier() -> [UInt8] {
        while true {
            // Not the seed itself: it also keys the hash tables, and nobody outside may know it.
            let start = String(EngineHash.mixed(configuration.seed) >> 32, radix: 36)
            let client = Array("martlet-\(start)-\(nextAssignedClient)".utf8)
            nextAssignedClient += 1
            if sessionByClient[client] == nil { return client }
        }
    }

    private mutating func makeSession(_ client: [UInt8]) -> Int32 {
        var session = Session()
        session.id = nextSessionID
        session.clientIdentifier = client
        nextSessionID += 1
        statistics.sessions += 1
        let index = place(session)
        sessionByClient[client] = index
        sessionByID[sessions[Int(index)].id] = index
        return index
    }

    /// Gives a session a slot.
    mutating func place(_ session: Session) -> Int32 {
        guard let free = freeSessions.popLast() else {
            sessions.append(session)
            return Int32(sessions.count - 1)
        }
        sessions[Int(free)] = session
        return free
    }

    private mutating func attach(_ session: Int32, to connection: Int, _ connect: Connect) {
        let at = Int(session)
        let wasPersistent = sessions[at].isPersistent
        sessions[at].connection = Int32(connection)
        sessions[at].wasAttached = true
        sessions[at].endsAt = .never
        sessions[at].willAt = .never
        timedSessions.remove(session)
        sessions[at].expiry = sessionExpiry(of: connect)
        sessions[at].will = storedWill(of: connect)
        // One that becomes persistent here is new: it has nothing yet that the journal must learn but itself.
        if wasPersistent, !sessions[at].isPersistent { changePersistence(of: session, to: false) }
        connections[connection].state = .connected
        connections[connection].lastReceived = now
        connections[connection].session = session
        connections[connection].receiveMaximum = Int(connect.properties.receiveMaximum ?? .max)
        connections[connection].mayHoldReceipts = sessions[at].received.count > 0
        let aliases = min(connect.properties.topicAliasMaximum ?? 0, limits.outgoingTopicAliases)
        connections[connection].takesPlain = connect.version == .v5 && aliases == 0
        if aliases > 0 {
            let seed = EngineHash.mixed(configuration.seed &+ 0x2545_F491_4F6C_DD1D)
            connections[connection].outgoingAliases = OutgoingAliases(
                count: Int(aliases),
                seed: seed,
                shortest: limits.shortestAliasedTopic
            )
        }
    }

    private func sessionExpiry(of connect: Connect) -> UInt32 {
        if connect.version == .v5 {
            return min(connect.properties.sessionExpiryInterval ?? 0, limits.maximumSessionExpiry)
        }
        return connect.cleanStart ? 0 : min(limits.defaultSessionExpiry, limits.maximumSessionExpiry)
    }

    /// What the CONNACK grants where it is less than what was asked for (MQTT 5.0 §3.2.2.3).
    private mutating func grant(_ connect: Connect, _ session: Int32, _ connection: Int, _ answer: inout ConnAck) {
        var keepAlive = connect.keepAlive
        if limits.maximumKeepAlive > 0, keepAlive == 0 || keepAlive > limits.maximumKeepAlive {
            keepAlive = limits.maximumKeepAlive
            answer.properties.serverKeepAlive = keepAlive
        }
        connections[connection].silenceAllowed = Int64(keepAlive) * 1_500
        guard connect.version == .v5 else {
            answer.properties = ConnAckProperties()
            return
        }
        if let asked = connect.properties.sessionExpiryInterval, asked != sessions[Int(session)].expiry {
            answer.properties.sessionExpiryInterval = sessions[Int(session)].expiry
        }
        answer.properties.receiveMaximum = limits.receiveMaximum
        if limits.topicAliases > 0 { answer.properties.topicAliasMaximum = limits.topicAliases }
        answer.properties.maximumPacketSize = UInt32(clamping: limits.packet.maximumPacketSize)
        if connect.properties.requestResponseInformation == true {
            let client = sessions[Int(session)].clientIdentifier
            answer.properties.responseInformation = responseInformation(for: client)
        }
        guard connections[connection].isMartlet else { return }
        answer.properties.userProperties.append(Self.extensionMark)
        if !fits(.connack(answer), connection) {
            // Who cannot be told has not got it ([MQTT-3.2.2-20]).
            answer.properties.userProperties = []
            connections[connection].isMartlet = false
        }
    }

    private func storedWill(of connect: Connect) -> StoredWill? {
        guard let will = connect.will else { return nil }
        var properties = PublishProperties()
        properties.payloadFormatIndicator = will.properties.payloadFormatIndicator
        properties.messageExpiryInterval = will.properties.messageExpiryInterval
        properties.contentType = will.properties.contentType
        properties.responseTopic = will.properties.responseTopic
        properties.correlationData = will.properties.correlationData
        properties.userProperties = will.properties.userProperties
        let publish = Publish(
            dup: false,
            qos: .atMostOnce,
            retain: will.retain,
            topic: will.topic,
            packetIdentifier: nil,
            properties: properties,
            payload: will.payload
        )
        var buffer = ByteBuffer()
        Packet.publish(publish).encode(into: &buffer, version: .v5)
        return StoredWill(
            packet: Array(buffer.readableBytesView),
            qos: will.qos.rawValue,
            delay: will.properties.willDelayInterval ?? 0
        )
    }

    /// Answers a CONNECT that cannot be granted and closes.
    mutating func rejectConnect(_ connection: Int, _ reason: ReasonCode, _ message: String?) {
        var answer = ConnAck(sessionPresent: false, reasonCode: reason)
        if connections[connection].version == .v5, connections[connection].wantsProblemInformation {
            answer.properties.reasonString = message
        }
        if connections[connection].version == .v5 { answer.properties.serverReference = serverReference(for: reason) }
        if !fits(.connack(answer), connection) { answer.properties.reasonString = nil }
        if !fits(.connack(answer), connection) { answer.properties.serverReference = nil }
        // 3.1.1 has words for a few reasons; for the others it is told nothing (3.1.1 [MQTT-3.1.4-1], [MQTT-3.2.2-6]).
        if connections[connection].version == .v5 || reason.hasConnectReturnCode {
            self.answer(.connack(answer), on: connection, after: 0)
        }
        statistics.protocolErrors += 1
        forgetAuthentication(of: connection)
        connections[connection].state = .closing
        markDirty(connection)
    }

    /// Answers a CONNECT that could not be read ([MQTT-3.1.4-1]): with a reason where the client would understand one.
    ///
    /// - Parameters:
    ///   - connection: The connection.
    ///   - error: What is wrong with the CONNECT.
    ///   - version: Its version, where there is such a one.
    ///   - refusalVersion: The version in whose form the answer is understood best, where there is none.
    mutating func refuseConnect(
        _ connection: Int,
        _ error: PacketError,
        version: ProtocolVersion?,
        refusalVersion: ProtocolVersion
    ) {
        if error.reasonCode == .unsupportedProtocolVersion || version == nil {
            connections[connection].version = version ?? refusalVersion
            connections[connection].wantsProblemInformation = version != nil
        } else if let version {
            connections[connection].version = version
        }
        rejectConnect(connection, error.reasonCode, error.message)
    }
}
