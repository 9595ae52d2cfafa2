import MQTTPackets
import NIOCore

@testable import BrokerEngine

/// What clients receive, held against the model.
extension Simulation {
    /// Takes in what came to the clients and which connections the engine closed.
    func collect() {
        for peer in harness.takeClosed() {
            guard let index = clients.firstIndex(where: { $0.peer === peer }) else { continue }
            receive(index, peer)
            note("\(clients[index].profile.name) was closed")
            disconnected(index, normally: false)
        }
        for index in clients.indices {
            if let peer = clients[index].peer { receive(index, peer) }
        }
    }

    private func receive(_ index: Int, _ peer: Peer) {
        if let error = peer.error { fail("\(peer.name) got bytes that are no packet: \(error)") }
        for packet in peer.take() {
            if !clients[index].hasConnAck {
                guard case .connack = packet else { return fail("\(peer.name) got \(packet) before CONNACK") }
            }
            switch packet {
            case .connack(let answer): receive(answer, index)
            case .puback(let answer): receive(answer, index)
            case .pubrec(let answer): receive(answer, index)
            case .pubrel(let release): receive(release, index)
            case .pubcomp(let answer): receive(answer, index)
            case .suback(let answer): receive(answer: answer.packetIdentifier, isSubscribe: true, index)
            case .unsuback(let answer): receive(answer: answer.packetIdentifier, isSubscribe: false, index)
            case .publish(let publish): receive(publish, index, peer)
            case .disconnect: break
            default: fail("\(peer.name) got \(packet)")
            }
        }
    }

    private func receive(_ answer: ConnAck, _ index: Int) {
        let name = clients[index].profile.name
        if clients[index].hasConnAck { fail("\(name) got CONNACK twice") }
        clients[index].hasConnAck = true
        if answer.reasonCode != .success { fail("\(name) was refused: \(answer.reasonCode)") }
        if answer.sessionPresent != clients[index].sessionPresent {
            fail("\(name) was told session present: \(answer.sessionPresent)")
        }
        clients[index].mustStartClean = false
        clients[index].hasNoSession = false
        if answer.sessionPresent {
            clients[index].mustResume = true
        } else {
            clients[index].forgetSession()
        }
        if let session = model.sessions[name], session.isPersistent, session.changedOn > durablePage {
            // It may have subscribed since; only the page of the session itself counts, and that came first.
            if clients[index].requests.isEmpty { fail("\(name) got CONNACK before its session was durable") }
        }
    }

    private func receive(answer packet: UInt16, isSubscribe: Bool, _ index: Int) {
        let name = clients[index].profile.name
        guard let request = clients[index].requests.first, request.packetIdentifier == packet,
            request.isSubscribe == isSubscribe
        else { return fail("\(name) got an answer to \(packet)") }
        clients[index].requests.removeFirst()
        if request.page > durablePage { fail("\(name) was answered before page \(request.page) was durable") }
    }

    private func receive(_ answer: PubAck, _ index: Int) {
        let name = clients[index].profile.name
        guard let first = clients[index].outgoing.first, first.packetIdentifier == answer.packetIdentifier else {
            return fail("\(name) got PUBACK \(answer.packetIdentifier) out of order")
        }
        clients[index].outgoing.removeFirst()
        note("\(name) got PUBACK for \(first.message): \(answer.reasonCode)")
        if first.message >= 0, answer.reasonCode == .quotaExceeded, first.mayBeRefused { return }
        if answer.reasonCode != first.reason {
            fail("\(name) got \(answer.reasonCode) for message \(first.message), not \(first.reason)")
        }
        if first.page > durablePage {
            fail("\(name) got PUBACK for message \(first.message) before page \(first.page) was durable")
        }
    }

    // MARK: Deliveries

    private func receive(_ publish: Publish, _ index: Int, _ peer: Peer) {
        if publish.topic.hasPrefix("$ans/") { return receiveAnswer(publish, index) }
        let name = clients[index].profile.name
        let wire = SimulatedMessage.identifier(in: publish.payload.readableBytesView)
        note("\(name) gets \(wire) on \(publish.topic), packet \(publish.packetIdentifier ?? 0), DUP: \(publish.dup)")
        guard let packet = publish.packetIdentifier else {
            return receiveAtMostOnce(publish, wire, clients[index].profile)
        }
        if clients[index].inflight.contains(where: { $0.packetIdentifier == packet }) {
            fail("\(name) got packet identifier \(packet) while it is in flight")
        }
        var found: (entry: Model.Entry, group: String?)?
        if packet < SharedWindow.firstIdentifier {
            found = nextOrdinary(publish, wire, index).map { ($0, nil) }
        } else {
            found = shared(publish, wire, index, peer)
        }
        guard let (entry, group) = found else { return }
        let id = checkFacts(publish, entry, index)
        if publish.qos.rawValue != min(entry.qos, messages[entry.message].qos), group == nil {
            fail("\(name) got \(wire) at \(publish.qos)")
        }
        var delivery = SimulatedClient.Delivery(packetIdentifier: packet, order: entry.order, group: group, id: id)
        delivery.qos = publish.qos.rawValue
        clients[index].inflight.append(delivery)
        if publish.qos == .exactlyOnce { hold(entry, packet, index) }
        let counted = clients[index].inflight.count { !$0.isResumed }
        if clients[index].profile.version == .v5, let most = clients[index].profile.receiveMaximum, counted > most {
            fail("\(name) has \(counted) in flight")
        }
        let message = messages[entry.message]
        if message.topic != publish.topic { fail("message \(message.identifier) came on \(publish.topic)") }
        if publish.dup, !entry.mayBeDuplicate, !entry.wasRecovered { fail("\(name) got \(wire) with DUP at first") }
        if !publish.dup, entry.wasReceived || entry.wasRecovered { fail("\(name) got \(wire) again without DUP") }
        if message.commitPage > durablePage {
            fail("\(name) got \(wire) before the commit that published it was durable")
        }
        if entry.notBefore > harness.now.milliseconds { fail("\(name) got \(wire), which was put off, too early") }
        // What was sent before is sent again, whatever its expiry.
        let isAgain = group == nil && entry.wasReceived
        if let left = publish.properties.messageExpiryInterval, (left == 0 && !isAgain) || left > message.expiry ?? 0 {
            fail("\(name) got \(wire) with an expiry of \(left)")
        }
        if message.expiresAt <= harness.now.milliseconds, !clients[index].wasBlocked, !isAgain {
            fail("\(name) got \(wire), expired")
        }
        if message.isLarge, model.sessions[name]?.isSmall == true { fail("\(name) got \(wire), too large") }
    }

    /// What a delivery says of itself: stable, never another message's, and never that of one that is done for good.
    private func checkFacts(_ publish: Publish, _ entry: Model.Entry, _ index: Int) -> [UInt8]? {
        let name = clients[index].profile.name
        let facts = publish.properties.userProperties.filter { $0.name.hasPrefix("martlet-") }
        guard clients[index].isMartlet else {
            if !facts.isEmpty { fail("\(name) got delivery facts it did not ask for") }
            return nil
        }
        let id = publish.deliveryID
        guard facts.prefix(2).map(\.name) == ["martlet-id", "martlet-attempt"], let attempt = Int(facts[1].value),
            attempt > 0, facts.dropFirst(2).allSatisfy({ $0.name == "martlet-failure" })
        else {
            fail("\(name) got a delivery with the facts \(facts)")
            return nil
        }
        let reasons = facts.dropFirst(2).map { fact in
            fact.value.split(separator: " ", maxSplits: 1).last.map(String.init)
        }
        if reasons != entry.reasons.suffix(AttemptHistory.Limits.reasons) {
            fail("\(name) got a delivery that tells \(reasons), not \(entry.reasons)")
        }
        if attempt > 1, !publish.dup { fail("\(name) got attempt \(attempt) without DUP") }
        let text = String(decoding: id, as: UTF8.self)
        if let known = identities.updateValue(entry.message, forKey: id), known != entry.message {
            fail("\(text) was message \(known), and is \(entry.message) now")
        }
        if told.contains(id) { fail("\(name) got \(text), which was committed") }
        if messages[entry.message].page > durablePage, entry.isDurable, !entry.isOwn {
            fail("\(name), who may commit, got \(text) before it was durable")
        }
        return id
    }

    private func receiveAtMostOnce(_ publish: Publish, _ wire: Int, _ profile: SimulatedClient.Profile) {
        let name = profile.name
        let found = atMostOnce.indices.filter { at in
            let copy = atMostOnce[at]
            guard messages[copy.message].wireIdentifier == wire, messages[copy.message].topic == publish.topic else {
                return false
            }
            // Who was the member in turn when it was written nobody can tell any more.
            if copy.group != nil { return !publish.retain }
            return copy.client == name && copy.retain == publish.retain
                && (copy.identifiers == publish.properties.subscriptionIdentifiers.sorted()
                    || profile.version != .v5)
        }
        guard !found.isEmpty else { return fail("\(name) got \(wire) with QoS 0, which nobody sent to it") }
        // Its own copy before one of a group, which might have gone to somebody else.
        let order = found.filter { atMostOnce[$0].group == nil } + found.filter { atMostOnce[$0].group != nil }
        guard let at = order.first(where: { messages[atMostOnce[$0].message].commitPage <= durablePage }) else {
            return fail("\(name) got \(wire) with QoS 0 before the commit that published it was durable")
        }
        atMostOnce.remove(at: at)
    }

    /// The first entry of the queue that did not come on this connection must be the one.
    private func nextOrdinary(_ publish: Publish, _ wire: Int, _ index: Int) -> Model.Entry? {
        let name = clients[index].profile.name
        let queue = model.sessions[name]?.queue ?? []
        let isSmall = model.sessions[name]?.isSmall == true
        // One that may be gone looks like one that must be there: then it is that one.
        var found: Int?
        for at in queue.indices where !clients[index].received.contains(queue[at].order) && !queue[at].isConfirmed {
            let entry = queue[at]
            let isMatch = isMatch(entry, publish, wire, index)
            if isMatch, found == nil || !mayVanish(entry, isSmall: isSmall) { found = at }
            guard mayVanish(entry, isSmall: isSmall) else {
                if found == nil { fail("\(name) got \(wire), but message \(entry.message) is next") }
                break
            }
        }
        guard let found else {
            fail("\(name) got \(wire), which does not wait for it")
            return nil
        }
        clients[index].received.insert(queue[found].order)
        model.sessions[name]?.queue[found].wasReceived = true
        return queue[found]
    }

    private func isMatch(_ entry: Model.Entry, _ publish: Publish, _ wire: Int, _ index: Int) -> Bool {
        messages[entry.message].wireIdentifier == wire && entry.retain == publish.retain
            && (clients[index].profile.version != .v5
                || entry.identifiers == publish.properties.subscriptionIdentifiers.sorted())
    }

    private func shared(
        _ publish: Publish,
        _ wire: Int,
        _ index: Int,
        _ peer: Peer
    ) -> (entry: Model.Entry, group: String?)? {
        let name = clients[index].profile.name
        let known = group(of: publish, wire, name)
        for group in model.groups.keys.sorted() where known == nil || known == group {
            let entries = model.groups[group]?.entries ?? []
            guard let at = entries.firstIndex(where: { messages[$0.message].wireIdentifier == wire && !isHeld($0) })
            else {
                continue
            }
            model.groups[group]?.entries[at].wasReceived = true
            return (entries[at], group)
        }
        // It was given back by a session whose end is not noted yet.
        if let known, var entry = takeFromGroup(wire, known) {
            entry.group = nil
            entry.wasReceived = true
            entry.mayBeDuplicate = true
            model.groups[known]?.entries.append(entry)
            return (entry, known)
        }
        fail("\(name) got \(wire) of the group \(known ?? "?"), which does not have it")
        return nil
    }

    /// Whether a client that is connected has an entry in its hands already.
    private func isHeld(_ entry: Model.Entry) -> Bool {
        clients.contains { client in client.inflight.contains { $0.order == entry.order && !$0.isCommitted } }
    }

    /// The group of a shared delivery: what it says itself, or else what the engine has under its packet identifier, unless that is
    /// another delivery by now.
    private func group(of publish: Publish, _ wire: Int, _ name: String) -> String? {
        if let identity = DeliveryIdentity(publish.deliveryID.span) {
            let group = harness.engine.groups.first { $0.id != 0 && $0.deliveryID == identity.number }
            return group.map { String(decoding: $0.name, as: UTF8.self) }
        }
        guard let session = harness.engine.sessionByClient[Array(name.utf8)] else { return nil }
        let at = Int(publish.packetIdentifier ?? 0) - Int(SharedWindow.firstIdentifier)
        let slots = harness.engine.sessions[Int(session)].shared.slots
        guard slots.indices.contains(at), slots[at].group >= 0 else { return nil }
        let range = harness.engine.messages.bodyRange(slots[at].message)
        let slot = harness.engine.messages.slots[Int(slots[at].message)]
        let payload = harness.engine.messages.chunks[Int(slot.chunk)].bytes[range].dropFirst(slot.payloadOffset)
        guard SimulatedMessage.identifier(in: payload) == wire else { return nil }
        return String(decoding: harness.engine.groups[Int(slots[at].group)].name, as: UTF8.self)
    }

    /// Whether the engine may drop an entry.
    func mayVanish(_ entry: Model.Entry, isSmall: Bool) -> Bool {
        entry.mayVanish || messages[entry.message].expiresAt <= harness.now.milliseconds
            || (isSmall && messages[entry.message].isLarge)
    }
}
