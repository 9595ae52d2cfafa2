import MQTTPackets

@testable import BrokerEngine

/// QoS 2 messages of shared groups: which member gets one the engine knows, and the model follows it; that nobody else ever gets it the model
/// checks.
extension Simulation {
    /// A turn of the engine ended: what it took out of groups is in the queues of members.
    func notePins() {
        for client in clients.indices {
            let name = clients[client].profile.name
            guard let slot = harness.engine.sessionByClient[Array(name.utf8)] else { continue }
            for pin in harness.engine.sessions[Int(slot)].pins { note(pin, of: slot, name) }
        }
    }

    private func note(_ pin: PinnedDelivery, of slot: Int32, _ name: String) {
        let queue = harness.engine.sessions[Int(slot)].queue
        guard queue.contains(pin.position), !queue[pin.position].isDone,
            model.sessions[name]?.queue.contains(where: { $0.position == pin.position }) == false
        else { return }
        let group = String(decoding: harness.engine.groups[Int(pin.group)].name, as: UTF8.self)
        let wire = EngineDescription.identifier(queue[pin.position].message, harness.engine)
        guard var entry = takeFromGroup(wire, group) else {
            return fail("\(name) is to get \(wire) of \(group), which does not have it")
        }
        cover("QoS 2 message pinned")
        note("\(wire) of \(group) is pinned to \(name)")
        let session = model.sessions[name]
        // A copy of it stands behind all others; where nothing of it is in the journal, and nothing will be, it is the message itself.
        if harness.engine.log.isOn, entry.isDurable || session?.isPersistent == true { entry.order = order() }
        entry.isDurable = session?.isPersistent == true
        entry.identifiers = [session?.subscriptions[group]?.identifier ?? 0].filter { $0 > 0 }
        entry.position = pin.position
        entry.group = group
        // It is part of a record that is tried again whole.
        entry.isOfCommit = true
        entry.page = harness.engine.log.open
        entry.qos = 2
        // To this session it is sent for the first time, whoever had it before at QoS 1 (MQTT-4.3.3-2).
        entry.wasReceived = false
        entry.mayBeDuplicate = false
        entry.wasRecovered = false
        model.sessions[name]?.queue.append(entry)
    }

    /// A message of a group that nobody holds; perhaps it was given back in this turn, by a session whose end is not noted yet.
    func takeFromGroup(_ wire: Int, _ group: String) -> Model.Entry? {
        if let at = (model.groups[group]?.entries ?? []).firstIndex(where: { entry in
            messages[entry.message].wireIdentifier == wire
                && !clients.contains { $0.inflight.contains { $0.order == entry.order && !$0.isCommitted } }
        }) {
            return model.groups[group]?.entries.remove(at: at)
        }
        for name in model.sessions.keys.sorted() {
            let at = model.sessions[name]?.queue.firstIndex { entry in
                entry.group == group && !entry.wasReceived && !isStillPinned(entry, to: name)
                    && messages[entry.message].wireIdentifier == wire
            }
            if let at, var entry = model.sessions[name]?.queue.remove(at: at) {
                entry.order = order()
                entry.position = nil
                return entry
            }
        }
        return nil
    }

    private func isStillPinned(_ entry: Model.Entry, to name: String) -> Bool {
        guard let slot = harness.engine.sessionByClient[Array(name.utf8)], let position = entry.position else {
            return false
        }
        let queue = harness.engine.sessions[Int(slot)].queue
        return queue.contains(position) && !queue[position].isDone
            && EngineDescription.identifier(queue[position].message, harness.engine)
                == messages[entry.message].wireIdentifier
    }

    /// The connection of a session was lost: what was not sent is its group's again.
    func returnPins(of name: String) {
        let gone = (model.sessions[name]?.queue ?? []).filter { $0.group != nil && !isStillPinned($0, to: name) }
        guard !gone.isEmpty else { return }
        let engine = EngineDescription(harness.engine)
        for entry in gone {
            guard let group = entry.group, !entry.isConfirmed, !entry.wasReceived else { continue }
            let wire = messages[entry.message].wireIdentifier
            let found = (engine.groups[group]?.messages ?? []).count { $0 == wire }
            let known = (model.groups[group]?.entries ?? []).count { messages[$0.message].wireIdentifier == wire }
            guard found > known else { continue }
            cover("QoS 2 message given back")
            note("\(wire) is given back to \(group) by \(name)")
            model.sessions[name]?.queue.removeAll { $0.order == entry.order }
            var entry = entry
            entry.position = nil
            entry.group = nil
            entry.isDurable = model.isDurable(group)
            entry.page = harness.engine.log.open
            // A copy of it stands behind all others; without a journal it is the message itself.
            if harness.engine.log.isOn, entry.isDurable || model.sessions[name]?.isPersistent == true {
                entry.order = order()
            }
            let place =
                model.groups[group]?.entries.firstIndex { $0.order > entry.order }
                ?? model.groups[group]?.entries.count ?? 0
            model.groups[group, default: Model.Group()].entries.insert(entry, at: place)
        }
    }
}
