import MQTTPackets

@testable import BrokerEngine

/// QoS 2 from the broker to clients: each message is handed to its application once, whatever breaks.
extension Simulation {
    /// PUBLISH at QoS 2 came: the same message as before under its identifier, or a new one that the application never had.
    func hold(_ entry: Model.Entry, _ packet: UInt16, _ index: Int) {
        let name = clients[index].profile.name
        if entry.isDurable, entry.page > durablePage {
            fail("\(name) got \(entry.message) at QoS 2 before it was durable")
        }
        if let known = clients[index].holding[packet] {
            if known != entry.order { fail("\(name) got \(entry.message) under \(packet), which is another's") }
            cover("QoS 2 delivery repeated")
            return
        }
        clients[index].holding[packet] = entry.order
        cover("QoS 2 delivery handed over")
        if !handedOver.insert("entry \(entry.order)").inserted { fail("\(name) was handed \(entry.message) twice") }
        // Copies of retained messages are others.
        guard !entry.retain, !entry.isOwn else { return }
        let copy = handedOverCopy(of: entry, name)
        if !handedOver.insert(copy).inserted { fail("\(copy) twice, now as \(entry.message)") }
    }

    private func handedOverCopy(of entry: Model.Entry, _ name: String) -> String {
        "\(entry.group ?? name) has \(messages[entry.message].root)"
    }

    /// What a client refuses in PUBREC its application never had.
    ///
    /// A broker that crashes before the page with the refusal is durable sends it
    /// again; afterwards the model has no entry for it any more.
    private func forgetHandingOver(_ entry: Model.Entry, _ name: String) {
        handedOver.remove("entry \(entry.order)")
        if !entry.retain, !entry.isOwn { handedOver.remove(handedOverCopy(of: entry, name)) }
    }

    /// PUBREL: the handshake can end.
    func receive(_ release: PubRel, _ index: Int) {
        let name = clients[index].profile.name
        let packet = release.packetIdentifier
        note("\(name) got PUBREL \(packet)")
        let held = clients[index].holding.removeValue(forKey: packet)
        if release.reasonCode != .success { fail("\(name) got PUBREL \(packet) with \(release.reasonCode)") }
        if let at = clients[index].inflight.firstIndex(where: { $0.packetIdentifier == packet }) {
            if clients[index].inflight[at].step != .confirmed { fail("\(name) got PUBREL \(packet) without PUBREC") }
            clients[index].inflight[at].step = .released
            check(clients[index].inflight[at].order, name)
            return
        }
        cover("PUBREL after a reconnect")
        let order = held ?? unseen(packet, name)
        check(order, name)
        clients[index].inflight.append(
            SimulatedClient.Delivery(
                packetIdentifier: packet,
                qos: 2,
                step: .released,
                isResumed: true,
                order: order
            )
        )
    }

    /// PUBREL may come when PUBREC is durable, or for what may not be sent any more.
    private func check(_ order: Int, _ name: String) {
        guard let entry = model.sessions[name]?.queue.first(where: { $0.order == order }) else {
            return fail("\(name) got PUBREL for nothing that it has")
        }
        if entry.isConfirmed, entry.isDurable, entry.confirmedPage > durablePage {
            fail("\(name) got PUBREL before PUBREC was durable")
        }
        if !entry.isConfirmed, !mayBeReleased(entry, name) { fail("\(name) got PUBREL for \(entry.message)") }
    }

    /// Whether the engine may end the handshake of an entry without its message: it may have begun, and cannot be sent (any more).
    func mayBeReleased(_ entry: Model.Entry, _ name: String) -> Bool {
        entry.qos == 2 && mayVanish(entry, isSmall: model.sessions[name]?.isSmall == true)
    }

    /// The entry under a packet identifier that its client never saw.
    private func unseen(_ packet: UInt16, _ name: String) -> Int {
        guard let session = harness.engine.sessionByClient[Array(name.utf8)] else { return -1 }
        let queue = harness.engine.sessions[Int(session)].queue
        guard let position = queue.place(of: packet), !queue[position].isDone else { return -1 }
        let wire = EngineDescription.identifier(queue[position].message, harness.engine)
        return model.sessions[name]?.queue.first { entry in
            entry.qos == 2 && messages[entry.message].wireIdentifier == wire
                && !clients.contains { $0.inflight.contains { $0.order == entry.order } }
        }?.order ?? -1
    }

    /// The next step of a handshake; what is left of it goes back among the deliveries.
    func goOn(_ delivery: SimulatedClient.Delivery, by index: Int, _ peer: Peer) {
        let name = clients[index].profile.name
        var delivery = delivery
        let at = model.sessions[name]?.queue.firstIndex { $0.order == delivery.order }
        switch delivery.step {
        case .published:
            let isRefused = clients[index].profile.version == .v5 && random.oneIn(9)
            note("\(name) sends PUBREC \(delivery.packetIdentifier), refused: \(isRefused)")
            let page = harness.engine.log.open
            peer.send(
                .pubrec(
                    PubRec(
                        packetIdentifier: delivery.packetIdentifier,
                        reasonCode: isRefused ? .unspecifiedError : .success
                    )
                )
            )
            if isRefused {
                clients[index].holding[delivery.packetIdentifier] = nil
                if let at, let entry = model.sessions[name]?.queue.remove(at: at) { forgetHandingOver(entry, name) }
                return
            }
            if let at, model.sessions[name]?.queue[at].isConfirmed == false { confirm(at, of: name, page: page) }
            delivery.step = .confirmed
            clients[index].inflight.append(delivery)
        case .confirmed:
            clients[index].inflight.append(delivery)
        case .released:
            note("\(name) sends PUBCOMP \(delivery.packetIdentifier)")
            cover("QoS 2 delivery completed")
            peer.complete(delivery.packetIdentifier)
            if let at { model.sessions[name]?.queue.remove(at: at) }
        }
    }

    /// A delivery is in its client's hands.
    func confirm(_ at: Int, of name: String, page: UInt64) {
        model.sessions[name]?.queue[at].isConfirmed = true
        model.sessions[name]?.queue[at].confirmedPage = page
    }
}
