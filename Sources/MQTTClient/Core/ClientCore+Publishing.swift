import DequeModule
import Logging
import MQTTPackets
import MQTTSessions
import MQTTTransport

extension ClientCore {
    func enqueue(_ operation: PublishOperation) {
        self.queue.append(operation)
        if let deadline = operation.deadline {
            self.earliestPublishDeadline = min(self.earliestPublishDeadline ?? deadline, deadline)
        }
    }

    /// Writes the next message, if one may be sent: first what must be sent again, then what waits.
    ///
    /// - Returns: Whether something was done, so that there may be more.
    func sendNextPublish() -> Bool {
        if let (identifier, operation) = self.window.nextToResend() {
            if operation.received != nil {
                self.write(.pubrel(PubRel(packetIdentifier: identifier)))
                return true
            }
            var packet = self.packet(operation)
            packet.packetIdentifier = identifier
            packet.dup = true
            self.noteResent(operation)
            if let error = self.tooLarge(packet) {
                self.giveUp(operation, identifier, error)
            } else {
                self.writePublish(packet)
                self.turn.published += 1
            }
            return true
        }
        guard let operation = self.queue.first else { return false }
        if operation.packet.qos != .atMostOnce, !self.window.hasRoom { return false }
        if let error = self.problem(operation) {
            self.queue.removeFirst()
            self.answer(operation, .failure(error))
            return true
        }
        var packet = self.packet(operation)
        if packet.qos == .atMostOnce {
            self.queue.removeFirst()
            self.writePublish(packet)
            self.answer(operation, .success(MQTTPublishResult()))
        } else {
            guard let identifier = self.identifiers.allocate() else { return false }
            self.queue.removeFirst()
            packet.packetIdentifier = identifier
            self.writePublish(packet)
            self.window.add(operation, identifier: identifier)
        }
        self.turn.published += 1
        return true
    }

    /// The packet as it is sent now: with what is left of its expiry.
    private func packet(_ operation: PublishOperation) -> Publish {
        guard let expiry = operation.expiry else { return operation.packet }
        var packet = operation.packet
        let remaining = expiry - self.clock.now()
        packet.properties.messageExpiryInterval = max(1, UInt32(secondsRoundedUp: remaining))
        return packet
    }

    private func problem(_ operation: PublishOperation) -> MQTTClientError? {
        if let expiry = operation.expiry, expiry <= self.clock.now() {
            return MQTTClientError(.messageExpired, "the message expired before it could be sent")
        }
        guard let server = self.server else { return nil }
        if operation.packet.qos.rawValue > server.maximumQoS.rawValue {
            let message = "the server takes no more than \(server.maximumQoS)"
            return MQTTClientError(.notSupportedByServer, message, reasonCode: .qosNotSupported)
        }
        if operation.packet.retain, !server.retainAvailable {
            let message = "the server keeps no retained messages"
            return MQTTClientError(.notSupportedByServer, message, reasonCode: .retainNotSupported)
        }
        return self.tooLarge(operation.packet)
    }

    private func tooLarge(_ packet: Publish) -> MQTTClientError? {
        guard let maximum = self.server?.maximumPacketSize else { return nil }
        var packet = packet
        // What the packet will have when it is sent.
        if packet.qos != .atMostOnce, packet.packetIdentifier == nil { packet.packetIdentifier = 1 }
        let size = Packet.publish(packet).encodedSize(version: .v5)
        if size <= maximum { return nil }
        let message = "a packet of \(size) bytes, where the server takes \(maximum)"
        return MQTTClientError(.packetTooLarge, message, reasonCode: .packetTooLarge)
    }

    func acknowledged(_ puback: PubAck, _ connection: ClientConnection) {
        guard let operation = self.window.element(puback.packetIdentifier) else {
            self.logger.debug("PUBACK for nothing", metadata: ["identifier": "\(puback.packetIdentifier)"])
            return
        }
        guard operation.packet.qos == .atLeastOnce else {
            let message = "PUBACK \(puback.packetIdentifier) came for a message with QoS 2"
            self.violated(connection, .protocolError, message)
            return
        }
        _ = self.window.acknowledge(puback.packetIdentifier)
        self.identifiers.release(puback.packetIdentifier)
        let code = MQTTReasonCode(puback.reasonCode)
        if code.isError {
            self.answer(operation, .failure(self.refusal(puback.reasonCode, puback.properties.reasonString)))
            return
        }
        let result = MQTTPublishResult(
            reasonCode: code,
            reasonString: puback.properties.reasonString,
            userProperties: puback.properties.userProperties.map(MQTTUserProperty.init)
        )
        if case .request(let correlation) = operation.waiter {
            let isHeard = code != .noMatchingSubscribers
            self.requests.acknowledged(correlation, isHeard: isHeard, now: isHeard ? .zero : self.clock.now())
        }
        self.answer(operation, .success(result))
    }

    /// The error of a message that the server refused.
    func refusal(_ code: ReasonCode, _ reason: String?) -> MQTTClientError {
        let reason = reason.map { ": \($0)" } ?? ""
        let message = "the server did not take the message\(reason)"
        return MQTTClientError(.publishRefused, message, reasonCode: MQTTReasonCode(code))
    }

    private func noteResent(_ operation: PublishOperation) {
        guard case .request(let correlation) = operation.waiter else { return }
        self.requests.update(correlation) { $0.isResent = true }
    }

    /// Tells how a message ended, and makes room for another.
    func answer(_ operation: PublishOperation, _ result: Result<MQTTPublishResult, MQTTClientError>) {
        self.turn.releasedMessages += 1
        self.turn.releasedBytes += operation.size
        self.tell(operation.waiter, result)
    }

    func tell(_ waiter: PublishOperation.Waiter, _ result: Result<MQTTPublishResult, MQTTClientError>) {
        switch waiter {
        case .task(let reply): self.turn.answers.append(.publish(reply, result))
        case .request(let correlation):
            if case .failure(let error) = result { self.failRequest(correlation, error) }
        case .closure(let body): body(result)
        case .nobody: break
        }
    }

    /// The server knows nothing of what was sent: all of it waits again, as new, before what waits already.
    ///
    /// Not so QoS 2: what the server had taken is done, and of the rest nobody can say whether it had, so that their senders decide.
    func startOver() {
        let unacknowledged = self.window.removeAll()
        var again: [PublishOperation] = []
        for operation in unacknowledged {
            if let result = operation.received {
                self.answer(operation, .success(result))
            } else if operation.packet.qos == .exactlyOnce {
                let message = "the server has lost the session; whether it took the message nobody knows"
                self.answer(operation, .failure(MQTTClientError(.sessionLost, message)))
            } else {
                self.noteResent(operation)
                again.append(operation)
            }
        }
        self.queue.prepend(contentsOf: again)
        self.identifiers = PacketIdentifiers()
    }

    func failPublishes(_ error: MQTTClientError) {
        for operation in self.window.removeAll() { self.answer(operation, .failure(error)) }
        for operation in self.queue { self.answer(operation, .failure(error)) }
        self.queue.removeAll()
    }

    /// Lets go of messages whose waiters gave up: what was not sent is taken back, the rest goes its way.
    ///
    /// - Parameters:
    ///   - error: What the waiters are told.
    ///   - isMeant: Which messages.
    func abandonPublishes(_ error: MQTTClientError, where isMeant: (PublishOperation) -> Bool) {
        var kept: Deque<PublishOperation> = []
        var taken: [PublishOperation] = []
        for operation in self.queue {
            if isMeant(operation) { taken.append(operation) } else { kept.append(operation) }
        }
        if !taken.isEmpty { self.queue = kept }
        for operation in taken { self.answer(operation, .failure(error)) }
        var sent: [(UInt16, PublishOperation.Waiter)] = []
        self.window.forEach { identifier, operation in
            if isMeant(operation) { sent.append((identifier, operation.waiter)) }
        }
        for (identifier, waiter) in sent {
            self.tell(waiter, .failure(error))
            self.window.update(identifier) { operation in
                operation.waiter = .nobody
                operation.deadline = nil
            }
        }
    }

    func expirePublishes(_ now: Duration) {
        guard let earliest = self.earliestPublishDeadline, earliest <= now else { return }
        let error = MQTTClientError(.timedOut, "the server did not acknowledge the message in time")
        var next: Duration?
        self.abandonPublishes(error) { operation in
            guard let deadline = operation.deadline else { return false }
            if deadline <= now { return true }
            next = min(next ?? deadline, deadline)
            return false
        }
        self.earliestPublishDeadline = next
    }

    /// Lets go of everything whose task was cancelled.
    func cancel(_ numbers: Set<UInt64>) {
        let error = MQTTClientError(.cancelled, "the task was cancelled")
        self.abandonPublishes(error) { numbers.contains($0.number) }
        self.fail(self.subscriptions.abandon { numbers.contains($0.number) }, error)
        self.abandonRequests(error) { numbers.contains($0.number) }
        for number in numbers {
            guard let reply = self.connectionAwaiters.removeValue(forKey: number) else { continue }
            self.turn.answers.append(.connection(reply, .failure(error)))
        }
    }
}
