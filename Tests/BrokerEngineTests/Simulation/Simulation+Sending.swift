import MQTTPackets
import NIOCore

@testable import BrokerEngine

/// QoS 2 from clients to the broker: what clients send, again and again, and what must come of it.
extension Simulation {
    /// Few, so that each is used again and again.
    private static let identifiers: [UInt16] = Array(50_000..<50_006)

    /// Publishes a new message at QoS 2.
    func publishOnce(_ index: Int, _ message: Int) {
        guard clients[index].hasConnAck, !clients[index].mustResume,
            let identifier = Self.identifiers.first(where: { identifier in
                !clients[index].sending.contains { $0.packetIdentifier == identifier }
            })
        else { return }
        // Nobody could tell two of them apart in a queue.
        messages[message].isClear = false
        clients[index].sending.append(.init(packetIdentifier: identifier, message: message))
        send(clients[index].sending.count - 1, of: index, isAgain: false)
    }

    /// PUBLISH: routed when it is new to the broker, answered in any case.
    private func send(_ at: Int, of index: Int, isAgain: Bool) {
        guard let peer = clients[index].peer else { return }
        let name = clients[index].profile.name
        let identifier = clients[index].sending[at].packetIdentifier
        clients[index].sending[at].isCounted = true
        if let page = model.sessions[name]?.received[identifier] {
            cover("QoS 2 message repeated")
            note("\(name) sends \(identifier) again, which is known")
            sendPublish(clients[index].sending[at].message, identifier, peer)
            clients[index].awaitedReceipts.append(.init(packetIdentifier: identifier, reason: .success, page: page))
            return
        }
        if isAgain {
            // Nobody may have seen the one before, so it is told from this one.
            cover("QoS 2 message sent anew")
            let old = messages[clients[index].sending[at].message]
            let message = newMessage(topic: old.topic, qos: 2)
            messages[message].retain = old.retain
            messages[message].isLarge = old.isLarge
            messages[message].expiry = old.expiry
            messages[message].root = old.root
            clients[index].sending[at].message = message
        }
        let message = clients[index].sending[at].message
        let sent = messages[message]
        note("\(name) publishes \(message) to \(sent.topic), QoS 2, \(identifier), retain: \(sent.retain)")
        let page = harness.engine.log.open
        let isRefusing = harness.engine.isRefusing
        sendPublish(message, identifier, peer)
        let isPersistent = model.sessions[name]?.isPersistent == true
        var answer = Answer(reason: .quotaExceeded)
        if !(isRefusing && isPersistent) {
            answer = route(message, publisher: name, page: page, isRefusing: isRefusing)
            if !answer.reason.isError {
                if isPersistent { answer.page = page }
                messages[message].page = answer.page
                messages[message].commitPage = answer.page
                model.sessions[name]?.received[identifier] = answer.page
            }
        }
        if answer.reason.isError, clients[index].profile.version == .v3_1_1 {
            disconnected(index, normally: false)
            return
        }
        if clients[index].profile.version == .v3_1_1 { answer.reason = .success }
        clients[index].awaitedReceipts.append(
            .init(packetIdentifier: identifier, reason: answer.reason, page: answer.page)
        )
    }

    private func sendPublish(_ message: Int, _ identifier: UInt16, _ peer: Peer) {
        let sent = messages[message]
        peer.send(
            .publish(
                Publish(
                    dup: random.oneIn(2),
                    qos: .exactlyOnce,
                    retain: sent.retain,
                    topic: sent.topic,
                    packetIdentifier: identifier,
                    properties: PublishProperties(messageExpiryInterval: sent.expiry),
                    payload: ByteBuffer(string: sent.payload)
                )
            )
        )
    }

    /// Sends what was not answered again, in order ([MQTT-4.4.0-1]), as far as the broker's Receive Maximum lets it.
    func resume(_ index: Int) {
        clients[index].mustResume = false
        for at in clients[index].sending.indices where clients[index].peer != nil {
            let sending = clients[index].sending[at]
            if sending.isReceived, !sending.isReleased {
                cover("PUBREL sent again")
                release(at, of: index)
            } else if !sending.isReceived, !sending.isCounted {
                guard canPublish(index) else {
                    clients[index].mustResume = true
                    return
                }
                send(at, of: index, isAgain: true)
            }
        }
    }

    /// PUBREL for some of what was received.
    func release(_ index: Int, all: Bool = false) {
        // Before CONNACK it does not know whether its session is still there.
        guard clients[index].hasConnAck, !clients[index].mustResume else { return }
        for at in clients[index].sending.indices
        where clients[index].sending[at].isReceived && !clients[index].sending[at].isReleased {
            if all || !random.oneIn(3) { release(at, of: index) }
        }
    }

    private func release(_ at: Int, of index: Int) {
        guard let peer = clients[index].peer else { return }
        let name = clients[index].profile.name
        let identifier = clients[index].sending[at].packetIdentifier
        clients[index].sending[at].isReleased = true
        note("\(name) releases \(identifier)")
        let page = harness.engine.log.open
        peer.release(identifier)
        var awaited = SimulatedClient.Awaited(packetIdentifier: identifier, reason: .success, page: 0)
        if model.sessions[name]?.received.removeValue(forKey: identifier) != nil {
            if model.sessions[name]?.isPersistent == true {
                awaited.page = page
                model.sessions[name]?.releasedOn = page
            }
        } else {
            awaited.page = model.sessions[name]?.releasedOn ?? 0
            if clients[index].profile.version == .v5 { awaited.reason = .packetIdentifierNotFound }
        }
        clients[index].awaitedCompletions.append(awaited)
    }

    // MARK: Answers

    func receive(_ answer: PubRec, _ index: Int) {
        let name = clients[index].profile.name
        guard let first = clients[index].awaitedReceipts.first, first.packetIdentifier == answer.packetIdentifier else {
            return fail("\(name) got PUBREC \(answer.packetIdentifier) out of order")
        }
        clients[index].awaitedReceipts.removeFirst()
        note("\(name) got PUBREC \(answer.packetIdentifier): \(answer.reasonCode)")
        let isRefused = answer.reasonCode == .quotaExceeded && first.mayBeRefused
        if answer.reasonCode != first.reason, !isRefused {
            fail("\(name) got PUBREC \(answer.packetIdentifier) with \(answer.reasonCode), not \(first.reason)")
        }
        let isKnown = model.sessions[name]?.received[answer.packetIdentifier] != nil
        if isKnown == answer.reasonCode.isError {
            fail("\(name) got PUBREC \(answer.packetIdentifier) with \(answer.reasonCode), it is known: \(isKnown)")
        }
        if !isRefused, first.page > durablePage {
            fail("\(name) got PUBREC \(answer.packetIdentifier) before page \(first.page) was durable")
        }
        guard
            let at = clients[index].sending.firstIndex(where: { $0.packetIdentifier == answer.packetIdentifier })
        else { return }
        if answer.reasonCode.isError {
            cover("QoS 2 message refused")
            clients[index].sending.remove(at: at)
        } else {
            clients[index].sending[at].isReceived = true
        }
    }

    func receive(_ answer: PubComp, _ index: Int) {
        let name = clients[index].profile.name
        guard let first = clients[index].awaitedCompletions.first, first.packetIdentifier == answer.packetIdentifier
        else { return fail("\(name) got PUBCOMP \(answer.packetIdentifier) out of order") }
        clients[index].awaitedCompletions.removeFirst()
        clients[index].sending.removeAll { $0.packetIdentifier == answer.packetIdentifier }
        note("\(name) got PUBCOMP \(answer.packetIdentifier): \(answer.reasonCode)")
        cover("QoS 2 message sent and released")
        if answer.reasonCode != first.reason {
            fail("\(name) got PUBCOMP \(answer.packetIdentifier) with \(answer.reasonCode), not \(first.reason)")
        }
        if first.page > durablePage {
            fail("\(name) got PUBCOMP \(answer.packetIdentifier) before page \(first.page) was durable")
        }
    }
}
