import Logging
import MQTTPackets
import MQTTSessions
import MQTTTransport
import Metrics

extension ClientCore {
    /// About what a message that is held takes beside its own bytes.
    private static let bytesAMessage = 512

    /// Works on one packet of an accepted connection.
    func handle(_ packet: Packet, _ connection: ClientConnection) {
        switch packet {
        case .publish(let publish): self.handle(publish, connection)
        case .puback(let puback): self.acknowledged(puback, connection)
        case .suback(let suback):
            self.answered(suback.packetIdentifier, suback.reasonCodes, isSubscribe: true, connection)
        case .unsuback(let unsuback):
            self.answered(unsuback.packetIdentifier, unsuback.reasonCodes, isSubscribe: false, connection)
        case .pingresp: break
        case .disconnect(let disconnect): self.disconnectedByServer(disconnect, connection)
        case .pubrec(let pubrec): self.received(pubrec, connection)
        case .pubrel(let pubrel): self.released(pubrel)
        case .pubcomp(let pubcomp): self.completed(pubcomp, connection)
        case .auth(let auth): self.authenticate(auth, connection)
        case .connack:
            self.violated(connection, .protocolError, "\(packet.type) came on a connection that was accepted already")
        case .connect, .subscribe, .unsubscribe, .pingreq:
            self.violated(connection, .protocolError, "\(packet.type) came from the server")
        }
    }

    private func handle(_ publish: Publish, _ connection: ClientConnection) {
        guard let publish = self.resolved(publish, connection) else { return }
        var receipt: Receipt?
        if let identifier = publish.packetIdentifier {
            let isExactlyOnce = publish.qos == .exactlyOnce
            guard let sequence = self.arrive(publish, identifier) else {
                let (held, bytes) = (self.acknowledgements.count, self.acknowledgements.bytes)
                let most = self.configuration.receiveMaximum
                let message =
                    "\(held) unacknowledged messages are held, \(bytes) bytes of them beyond the \(most) allowed, and another came"
                self.violated(connection, .receiveMaximumExceeded, message)
                return
            }
            let position = ReceiptPosition(connection: self.connectionNumber, sequence: sequence)
            var held: HeldMessage?
            if isExactlyOnce {
                guard let number = self.arrived(identifier, at: sequence) else { return }
                if self.isForItself(publish.topic) {
                    self.finished(number)
                } else {
                    held = HeldMessage(inbox: self.inbox, number: number)
                }
            }
            receipt = Receipt(inbox: self.inbox, position: position, held: held)
        }
        self.turn.received += 1
        if self.requests.isResponseTopic(publish.topic) {
            if let receipt { self.acknowledgements.finish(receipt.position.sequence) }
            self.handleResponse(publish)
            return
        }
        let message = MQTTMessage(publish)
        let listeners = self.listeners.listeners(of: publish.topic)
        if !listeners.isEmpty {
            if let receipt { self.acknowledgements.finish(receipt.position.sequence) }
            for receive in listeners { receive(message) }
            return
        }
        self.turn.deliveries.append(
            MQTTDelivery(
                message: message,
                redelivered: publish.dup,
                subscriptionIdentifiers: publish.properties.subscriptionIdentifiers,
                receipt: receipt
            )
        )
    }

    /// Whether messages of a topic are not for the application's hands: the client itself is done with them at once.
    private func isForItself(_ topic: String) -> Bool {
        self.requests.isResponseTopic(topic) || !self.listeners.listeners(of: topic).isEmpty
    }

    /// Takes a message of QoS 1 or 2 into the line of those to acknowledge.
    ///
    /// - Returns: Its number there; nil when it goes past the Receive Maximum and what is borne with beyond.
    private func arrive(_ publish: Publish, _ identifier: UInt16) -> UInt64? {
        let isExactlyOnce = publish.qos == .exactlyOnce
        guard self.acknowledgements.count >= self.configuration.receiveMaximum else {
            return self.acknowledgements.arrive(identifier, isExactlyOnce: isExactlyOnce)
        }
        let bytes = Packet.publish(publish).encodedSize(version: .v5) + Self.bytesAMessage
        guard self.acknowledgements.bytes + bytes <= self.configuration.receiveMaximumAllowanceBytes,
            let sequence = self.acknowledgements.arrive(identifier, isExactlyOnce: isExactlyOnce, bytes: bytes)
        else { return nil }
        self.overran()
        return sequence
    }

    private func overran() {
        self.metrics.overruns.increment()
        if self.isOverrun { return }
        self.isOverrun = true
        self.logger.warning(
            "the server sends more unacknowledged messages than the Receive Maximum allows",
            metadata: ["receive_maximum": "\(self.configuration.receiveMaximum)"]
        )
    }

    /// Sends the acknowledgements that may leave now.
    func sendAcknowledgements() {
        while let released = self.acknowledgements.release() {
            let identifier = released.identifier
            if !released.isExactlyOnce {
                self.write(.puback(PubAck(packetIdentifier: identifier)))
            } else if self.handshakes.confirm(identifier) {
                self.write(.pubrec(PubRec(packetIdentifier: identifier)))
            } else {
                continue
            }
            self.turn.acknowledged += 1
        }
    }
}
