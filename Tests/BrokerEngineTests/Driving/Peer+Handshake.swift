import MQTTPackets
import NIOCore

/// A peer in QoS 2 handshakes, each step by itself.
extension Peer {
    /// Publishes at QoS 2, as new or again.
    ///
    /// - Parameters:
    ///   - topic: The topic.
    ///   - payload: The payload.
    ///   - identifier: The packet identifier; nil for the next one.
    ///   - dup: The DUP flag.
    /// - Returns: The packet identifier.
    @discardableResult
    func publishOnce(_ topic: String, _ payload: String = "", identifier: UInt16? = nil, dup: Bool = false) -> UInt16 {
        let packet = identifier ?? self.identifier()
        send(
            .publish(
                Publish(
                    dup: dup,
                    qos: .exactlyOnce,
                    topic: topic,
                    packetIdentifier: packet,
                    payload: ByteBuffer(string: payload)
                )
            )
        )
        return packet
    }

    /// PUBREC for a delivery.
    func confirm(_ publish: Publish, reason: ReasonCode = .success) {
        guard let identifier = publish.packetIdentifier else { return }
        send(.pubrec(PubRec(packetIdentifier: identifier, reasonCode: reason)))
    }

    /// PUBREL.
    func release(_ identifier: UInt16) { send(.pubrel(PubRel(packetIdentifier: identifier))) }

    /// PUBCOMP.
    func complete(_ identifier: UInt16) { send(.pubcomp(PubComp(packetIdentifier: identifier))) }

    /// The PUBRECs that came; the others stay.
    func takePubRecs() -> [PubRec] {
        var answers: [PubRec] = []
        inbox.removeAll { packet in
            guard case .pubrec(let answer) = packet else { return false }
            answers.append(answer)
            return true
        }
        return answers
    }

    /// The PUBRELs that came; the others stay.
    func takePubRels() -> [PubRel] {
        var answers: [PubRel] = []
        inbox.removeAll { packet in
            guard case .pubrel(let answer) = packet else { return false }
            answers.append(answer)
            return true
        }
        return answers
    }

    /// The PUBCOMPs that came; the others stay.
    func takePubComps() -> [PubComp] {
        var answers: [PubComp] = []
        inbox.removeAll { packet in
            guard case .pubcomp(let answer) = packet else { return false }
            answers.append(answer)
            return true
        }
        return answers
    }
}
