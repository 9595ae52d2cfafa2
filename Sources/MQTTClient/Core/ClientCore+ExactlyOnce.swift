import Logging
import MQTTPackets
import MQTTSessions
import MQTTTransport

/// The handshakes of QoS 2, both ways (MQTT 5.0 §4.3.3).
extension ClientCore {
    // MARK: Messages that come

    /// A PUBLISH of QoS 2 came.
    ///
    /// - Parameters:
    ///   - identifier: Its packet identifier.
    ///   - place: Its place in the line of acknowledgements.
    /// - Returns: The number of a message to hand over; `nil` for one that was handed over before.
    func arrived(_ identifier: UInt16, at place: UInt64) -> UInt64? {
        switch self.handshakes.arrive(identifier, at: place) {
        case .new(let number): return number
        case .confirmed: self.acknowledgements.finish(place)
        case .inHand: if self.handshakes.isFinished(identifier) { self.acknowledgements.finish(place) }
        }
        return nil
    }

    /// The work on a message of QoS 2 is done.
    func finished(_ number: UInt64) {
        if let place = self.handshakes.finish(number) { self.acknowledgements.finish(place) }
    }

    /// PUBREL: the server will not send the message again.
    func released(_ pubrel: PubRel) {
        let (isKnown, place) = self.handshakes.release(pubrel.packetIdentifier)
        if let place { self.acknowledgements.finish(place) }
        let code = isKnown ? ReasonCode.success : .packetIdentifierNotFound
        self.write(.pubcomp(PubComp(packetIdentifier: pubrel.packetIdentifier, reasonCode: code)))
    }

    // MARK: Messages that go

    /// PUBREC: the server has the message, or refuses it.
    func received(_ pubrec: PubRec, _ connection: ClientConnection) {
        let identifier = pubrec.packetIdentifier
        guard let operation = self.window.element(identifier) else {
            if pubrec.reasonCode.isError { return }
            self.write(.pubrel(PubRel(packetIdentifier: identifier, reasonCode: .packetIdentifierNotFound)))
            return
        }
        guard operation.packet.qos == .exactlyOnce else {
            self.violated(connection, .protocolError, "PUBREC \(identifier) came for a message with QoS 1")
            return
        }
        if pubrec.reasonCode.isError {
            _ = self.window.acknowledge(identifier)
            self.identifiers.release(identifier)
            self.answer(operation, .failure(self.refusal(pubrec.reasonCode, pubrec.properties.reasonString)))
            return
        }
        let result = MQTTPublishResult(
            reasonCode: MQTTReasonCode(pubrec.reasonCode),
            reasonString: pubrec.properties.reasonString,
            userProperties: pubrec.properties.userProperties.map(MQTTUserProperty.init)
        )
        self.window.update(identifier) { if $0.received == nil { $0.received = result } }
        self.write(.pubrel(PubRel(packetIdentifier: identifier)))
    }

    /// PUBCOMP: the handshake is over, and its identifier free.
    func completed(_ pubcomp: PubComp, _ connection: ClientConnection) {
        let identifier = pubcomp.packetIdentifier
        guard let operation = self.window.element(identifier) else {
            self.logger.debug("PUBCOMP for nothing", metadata: ["identifier": "\(identifier)"])
            return
        }
        guard let result = operation.received else {
            self.violated(connection, .protocolError, "PUBCOMP \(identifier) came without PUBREC")
            return
        }
        _ = self.window.acknowledge(identifier)
        self.identifiers.release(identifier)
        if case .request(let correlation) = operation.waiter {
            self.requests.update(correlation) { $0.isAcknowledged = true }
        }
        self.answer(operation, .success(result))
    }

    /// A message that was sent before cannot be sent again on this connection: the server may have it, so the handshake goes on without it.
    func giveUp(_ operation: PublishOperation, _ identifier: UInt16, _ error: MQTTClientError) {
        guard operation.packet.qos == .exactlyOnce else {
            _ = self.window.acknowledge(identifier)
            self.identifiers.release(identifier)
            self.answer(operation, .failure(error))
            return
        }
        self.tell(operation.waiter, .failure(error))
        self.window.update(identifier) { operation in
            operation.waiter = .nobody
            operation.deadline = nil
            operation.received = MQTTPublishResult()
        }
        self.write(.pubrel(PubRel(packetIdentifier: identifier)))
    }
}
