import Logging
import MQTTPackets
import MQTTSessions
import MQTTTransport
import Metrics

extension ClientCore {
    /// Works on one packet of an accepted connection.
    func handle(_ packet: Packet, _ connection: ClientConnection) {
        switch packet {
        case .publish(let publish): self.handle(publish, connection)
        case .puback(let puback): self.acknowledged(puback)
        case .suback(let suback):
            self.answered(suback.packetIdentifier, suback.reasonCodes, isSubscribe: true, connection)
        case .unsuback(let unsuback):
            self.answered(unsuback.packetIdentifier, unsuback.reasonCodes, isSubscribe: false, connection)
        case .pingresp: break
        case .disconnect(let disconnect): self.disconnectedByServer(disconnect, connection)
        // The handshake of QoS 2 belongs here when the client speaks it; until then nobody asked for these.
        case .pubrec, .pubrel, .pubcomp:
            self.violated(connection, .protocolError, "\(packet.type) came, though nothing was sent with QoS 2")
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
            guard publish.qos == .atLeastOnce else {
                // It would come again on each new connection: no use to connect again.
                let message = "a message with QoS 2 came, though nothing was subscribed with it"
                self.violated(connection, .protocolError, message, isFatal: true)
                return
            }
            guard let sequence = self.acknowledgements.arrive(identifier) else {
                let held = self.acknowledgements.count
                let message = "\(held) unacknowledged messages are held, and another came"
                self.violated(connection, .receiveMaximumExceeded, message)
                return
            }
            if self.acknowledgements.count > self.configuration.receiveMaximum { self.overran() }
            let position = ReceiptPosition(connection: self.connectionNumber, sequence: sequence)
            receipt = Receipt(inbox: self.inbox, position: position)
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
        while let identifier = self.acknowledgements.release() {
            self.write(.puback(PubAck(packetIdentifier: identifier)))
            self.turn.acknowledged += 1
        }
    }
}
