import Logging
import MQTTPackets
import MQTTSessions
import MQTTTransport
import Metrics
import NIOCore
import Synchronization

extension ClientCore: ClientConnectionReceiver {
    nonisolated func opened(_ connection: ClientConnection) {
        self.onLoop { $0.greet(connection) }
    }

    nonisolated func received(_ packets: [Packet], on number: UInt64) {
        self.onLoop { $0.work(on: packets, number) }
    }

    nonisolated func failed(_ error: PacketError, on number: UInt64) {
        self.onLoop { $0.receivedGarbage(error, number) }
    }

    nonisolated func readBurstEnded(on number: UInt64) {
        self.onLoop { core in
            guard number == core.connectionNumber else { return }
            if core.hasHeard { core.keepAlive?.received(at: core.clock.now()) }
            core.hasHeard = false
            core.endTurn()
        }
    }

    nonisolated func becameWritable(on number: UInt64) {
        self.onLoop { if number == $0.connectionNumber { $0.endTurn() } }
    }

    nonisolated func closed(_ cause: (any Error)?, on number: UInt64) {
        self.onLoop { $0.lost(cause, number) }
    }
}

extension ClientCore {
    private func greet(_ connection: ClientConnection) {
        // One that was given up while it was being made.
        guard connection.number == self.connectionNumber, case .opening = self.phase else {
            connection.close()
            return
        }
        self.phase = .greeting(connection)
        self.sayConnect(connection)
    }

    private func work(on packets: [Packet], _ number: UInt64) {
        guard number == self.connectionNumber else { return }
        self.hasHeard = true
        for packet in packets {
            switch self.phase {
            case .greeting(let connection): self.handleGreeting(packet, connection)
            case .connected(let connection): self.handle(packet, connection)
            case .idle, .opening, .leaving, .finished: return
            }
        }
    }

    private func handleGreeting(_ packet: Packet, _ connection: ClientConnection) {
        if case .auth(let auth) = packet, self.configuration.authentication != nil {
            self.authenticate(auth, connection)
            return
        }
        guard case .connack(let connack) = packet else {
            let error = MQTTClientError(.protocolViolation, "the server's first packet was \(packet.type)")
            self.connectionEnded(ConnectionEnd(error))
            connection.close()
            return
        }
        if connack.reasonCode.isError {
            self.refused(connack, connection)
        } else {
            self.accepted(connack, connection)
        }
    }

    private func refused(_ connack: ConnAck, _ connection: ClientConnection) {
        let code = MQTTReasonCode(connack.reasonCode)
        var message = "the server refused the connection"
        if let reason = connack.properties.reasonString { message += ": \(reason)" }
        if let server = connack.properties.serverReference { message += "; it names another server: \(server)" }
        var error = MQTTClientError(.connectionRefused, message, reasonCode: code)
        error.serverReference = connack.properties.serverReference
        self.connectionEnded(ConnectionEnd(error, isFatal: code.endsConnecting))
        connection.close()
    }

    private func accepted(_ connack: ConnAck, _ connection: ClientConnection) {
        guard self.isProven(connack, connection) else { return }
        let information = MQTTConnectionInformation(connack, self.configuration, self.assignedClientIdentifier)
        let now = self.clock.now()
        let isLost = self.hasSession && !connack.sessionPresent
        if connack.sessionPresent, !self.hasSession, self.configuration.cleanStart {
            // A session that was thrown away is not there ([MQTT-3.2.2-4]).
            let error = MQTTClientError(.protocolViolation, "the server resumed a session after a clean start")
            self.connectionEnded(ConnectionEnd(error))
            connection.close()
            return
        }
        if let assigned = connack.properties.assignedClientIdentifier { self.assignedClientIdentifier = assigned }
        self.phase = .connected(connection)
        self.phaseDeadline = nil
        self.connectedAt = now
        self.hasSession = true
        self.server = information
        self.information.withLock { $0 = information }
        self.keepAlive = KeepAlive(
            interval: information.keepAlive,
            timeout: self.configuration.pingTimeout,
            now: now
        )
        self.acknowledgements = OrderedAcknowledgements(capacity: self.configuration.acknowledgementCapacity)
        self.isOverrun = false
        self.isProvingAgain = false
        self.beginAliases(connack)
        self.metrics.connections.increment()
        self.logger.info(
            "connected",
            metadata: [
                "endpoint": "\(self.configuration.endpoint)", "session_present": "\(information.sessionPresent)",
            ]
        )
        self.deliverEvent(.connected(information))
        if isLost {
            self.sessionLost(connection)
        } else {
            if self.configuration.renewsSharedSubscriptions {
                self.subscriptions.addAgain(onlyShared: true) { self.inbox.makeNumber() }
            }
            self.window.beginConnection(limit: information.receiveMaximum)
        }
        guard case .connected = self.phase else { return }
        for reply in self.connectionAwaiters.values {
            self.turn.answers.append(.connection(reply, .success(information)))
        }
        self.connectionAwaiters = [:]
    }

    private func sessionLost(_ connection: ClientConnection) {
        self.metrics.sessionsLost.increment()
        self.logger.error(
            "the server has lost the session: messages that waited in it are gone",
            metadata: ["subscriptions": "\(self.subscriptions.grantedCount)", "unacknowledged": "\(self.window.count)"]
        )
        self.deliverEvent(.sessionLost)
        if self.configuration.onSessionLost == .fail {
            let error = MQTTClientError(.sessionLost, "the server has lost the session")
            self.leave(connection, .normalDisconnection, ConnectionEnd(error, isFatal: true))
            return
        }
        self.subscriptions.addAgain { self.inbox.makeNumber() }
        self.handshakes.removeAll()
        self.startOver()
        self.window.beginConnection(limit: self.server?.receiveMaximum ?? Int(UInt16.max))
    }

    private func receivedGarbage(_ error: PacketError, _ number: UInt64) {
        guard number == self.connectionNumber else { return }
        switch self.phase {
        case .greeting(let connection):
            let end = MQTTClientError(.protocolViolation, "the server's answer to CONNECT is not valid", cause: error)
            self.connectionEnded(ConnectionEnd(end))
            connection.close()
        case .connected(let connection):
            self.violated(connection, error.reasonCode, error.message)
        case .idle, .opening, .leaving, .finished: break
        }
    }

    /// Tells the server that it broke the protocol, and leaves.
    func violated(
        _ connection: ClientConnection,
        _ code: ReasonCode,
        _ message: String,
        isFatal: Bool = false
    ) {
        self.logger.warning(
            "the server broke the protocol",
            metadata: ["reason": "\(MQTTReasonCode(code))", "what": "\(message)"]
        )
        let error = MQTTClientError(.protocolViolation, message, reasonCode: MQTTReasonCode(code))
        self.leave(connection, code, ConnectionEnd(error, isFatal: isFatal))
    }

    /// Sends DISCONNECT; the server closes the connection then, so that nothing that it sent meanwhile resets it before
    /// DISCONNECT is read.
    func leave(
        _ connection: ClientConnection,
        _ code: ReasonCode,
        endingSession: Bool = false,
        _ end: ConnectionEnd
    ) {
        self.phase = .leaving(connection, end)
        self.phaseDeadline = self.clock.now() + self.configuration.closeTimeout
        self.keepAlive = nil
        self.dropDeliveries()
        let properties = DisconnectProperties(sessionExpiryInterval: endingSession ? 0 : nil)
        // Some codes, that of a topic filter for example, are for servers only.
        let isAllowed = code.isAllowed(in: .disconnect, direction: .toServer)
        self.write(.disconnect(Disconnect(reasonCode: isAllowed ? code : .protocolError, properties: properties)))
        self.flush(connection)
    }

    func disconnectedByServer(_ disconnect: Disconnect, _ connection: ClientConnection) {
        let code = MQTTReasonCode(disconnect.reasonCode)
        var message = "the server ended the connection"
        if let reason = disconnect.properties.reasonString { message += ": \(reason)" }
        if let server = disconnect.properties.serverReference { message += "; it names another server: \(server)" }
        var error = MQTTClientError(.disconnectedByServer, message, reasonCode: code)
        error.serverReference = disconnect.properties.serverReference
        if code == .sessionTakenOver {
            error.code = .sessionTakenOver
            error.message = "another connection uses the client identifier now"
            self.logger.error("the session was taken over by another connection with the same client identifier")
            self.deliverEvent(.takenOver)
        }
        self.connectionEnded(ConnectionEnd(error, isFatal: code.endsSession))
        connection.close()
    }

    private func lost(_ cause: (any Error)?, _ number: UInt64) {
        guard number == self.connectionNumber else { return }
        switch self.phase {
        case .idle, .finished: return
        case .leaving(_, let end): self.connectionEnded(end)
        case .opening, .greeting:
            let error = MQTTClientError(
                .connectionFailed,
                "the connection was closed before the server took it",
                cause: cause
            )
            self.connectionEnded(ConnectionEnd(error))
        case .connected:
            self.connectionEnded(
                ConnectionEnd(MQTTClientError(.connectionFailed, "the connection was lost", cause: cause))
            )
        }
        self.endTurn()
    }

    /// Settles the state when the connection is over, for whatever reason, and lets ``run()`` go on.
    func connectionEnded(_ end: ConnectionEnd) {
        switch self.phase {
        case .idle, .finished: return
        case .opening, .greeting, .connected, .leaving: self.phase = .idle
        }
        let now = self.clock.now()
        self.phaseDeadline = nil
        self.connectionTask?.cancel()
        self.connectionTask = nil
        self.keepAlive = nil
        self.server = nil
        self.information.withLock { $0 = nil }
        self.outbound = ByteBuffer()
        self.handshakes.connectionEnded()
        self.dropDeliveries()
        for identifier in self.subscriptions.connectionEnded() { self.identifiers.release(identifier) }
        if let connectedAt = self.connectedAt {
            self.connectedAt = nil
            self.backoff.connectionEnded(after: now - connectedAt)
            self.watchLifetime(now - connectedAt)
            self.failLostRequests()
            self.deliverEvent(.disconnected(end.error))
        }
        let waiter = self.connectionWaiter
        self.connectionWaiter = nil
        waiter?.resume(returning: end)
    }

    /// Says so when the server takes connections and drops them: not every server says that a session was taken over.
    private func watchLifetime(_ lifetime: Duration) {
        guard lifetime < Self.shortConnection else {
            self.shortConnections = 0
            return
        }
        self.shortConnections += 1
        if self.shortConnections.isMultiple(of: Self.shortConnectionsBeforeWarning) {
            self.logger.warning(
                "connections end soon after they were made: does another client use the same client identifier?",
                metadata: ["in_a_row": "\(self.shortConnections)"]
            )
        }
    }

    /// Takes back what the application has not taken yet: the server sends it again.
    private func dropDeliveries() {
        self.turn.deliveries.removeAll { $0.receipt != nil }
        self.deliveries.removeAll { $0.receipt != nil }
    }

    func deliverEvent(_ event: MQTTEvent) {
        self.events.offer(CollectionOfOne(event))
        self.listeners.tell(event)
    }
}
