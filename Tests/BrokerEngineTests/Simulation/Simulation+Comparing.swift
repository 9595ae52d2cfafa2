@testable import BrokerEngine

/// The engine's state against the model's.
extension Simulation {
    func compare() {
        let engine = EngineDescription(harness.engine)
        if Set(engine.sessions.keys) != Set(model.sessions.keys) {
            fail("sessions \(engine.sessions.keys.sorted()), not \(model.sessions.keys.sorted())")
        }
        for (name, session) in engine.sessions { compare(session, name) }
        compareGroups(engine.groups)
        compareState()
        for (topic, states) in model.retained {
            guard let message = states.last?.message else {
                continue
            }
            guard engine.retained[topic] != message else { continue }
            guard engine.retained[topic] == nil, messages[message].expiresAt <= harness.now.milliseconds else {
                fail("\(topic) retains \(engine.retained[topic] ?? -1), not \(message)")
                continue
            }
            model.retained[topic] = nil
        }
        for (topic, message) in engine.retained where model.retained[topic]?.last?.message == nil {
            // An expired one comes back from the journal until it is looked at.
            let isExpired = message >= 0 && messages[message].expiresAt <= harness.now.milliseconds
            if !isExpired { fail("\(topic) retains \(message)") }
        }
    }

    /// A page is cut: handshakes that the engine ended without their messages stand on it, or on one before.
    func noteReleases(before page: UInt64) {
        for (name, session) in EngineDescription(harness.engine).sessions {
            guard let expected = model.sessions[name] else { continue }
            var rest = session.queue[...]
            for (at, entry) in expected.queue.enumerated() {
                if rest.first == description(of: entry) {
                    rest.removeFirst()
                } else if rest.first == description(of: entry, isConfirmed: true), mayBeReleased(entry, name) {
                    rest.removeFirst()
                    confirm(at, of: name, page: page)
                } else if !mayVanish(entry, isSmall: expected.isSmall) {
                    // That is told at the end of the turn.
                    break
                }
            }
        }
    }

    /// An entry as the engine has it.
    private func description(of entry: Model.Entry, isConfirmed: Bool? = nil) -> EngineDescription.Entry {
        EngineDescription.Entry(
            message: messages[entry.message].wireIdentifier,
            qos: entry.qos,
            retain: entry.retain,
            identifiers: entry.identifiers,
            isConfirmed: isConfirmed ?? entry.isConfirmed
        )
    }

    private func compare(_ session: EngineDescription.Session, _ name: String) {
        guard let expected = model.sessions[name] else { return }
        if session.isPersistent != expected.isPersistent { fail("\(name) is persistent: \(session.isPersistent)") }
        if session.isConnected != expected.isConnected { fail("\(name) is connected: \(session.isConnected)") }
        if !session.isConnected, session.endsAt != expected.endsAt {
            fail("\(name) ends at \(session.endsAt), not \(expected.endsAt)")
        }
        if session.expiry != expected.expiry { fail("\(name) has an expiry of \(session.expiry)") }
        if session.subscriptions != expected.subscriptions {
            fail("\(name) has \(session.subscriptions), not \(expected.subscriptions)")
        }
        if session.received != Set(expected.received.keys) {
            fail("\(name) has the identifiers \(session.received), not \(expected.received.keys)")
        }
        var rest = session.queue[...]
        var kept: [Model.Entry] = []
        for (at, entry) in expected.queue.enumerated() {
            var wanted = description(of: entry)
            var entry = entry
            if rest.first?.isConfirmed == true, !entry.isConfirmed, mayBeReleased(entry, name) {
                cover("handshake ended without its message")
                wanted.isConfirmed = true
                entry.isConfirmed = true
                entry.confirmedPage = harness.engine.log.open
            }
            // Where two look alike and one is left, it is the one that must be there.
            let isAnothers =
                !entry.isConfirmed && mayVanish(entry, isSmall: expected.isSmall)
                && rest.count { $0 == wanted }
                    <= expected.queue[(at + 1)...].count { other in
                        description(of: other) == wanted && !mayVanish(other, isSmall: expected.isSmall)
                    }
            if rest.first == wanted, !isAnothers {
                rest.removeFirst()
                kept.append(entry)
            } else if entry.isConfirmed || !mayVanish(entry, isSmall: expected.isSmall) {
                fail("\(name) has lost message \(entry.message); the engine has \(session.queue.map(\.message))")
                return
            }
        }
        if let more = rest.first { fail("\(name) has message \(more.message), which nobody sent to it, or it is done") }
        model.sessions[name]?.queue = kept
    }

    private func compareGroups(_ groups: [String: EngineDescription.Group]) {
        for (name, expected) in model.groups {
            let found = groups[name]
            guard !expected.members.isEmpty else {
                // Only what is in flight is left; which that is the engine knows.
                model.groups[name]?.entries = expected.entries.filter {
                    found?.messages.contains(messages[$0.message].wireIdentifier) ?? false
                }
                if found == nil { model.groups[name] = nil }
                if found?.members.isEmpty == false { fail("the group \(name) has members") }
                continue
            }
            if found?.members != expected.members { fail("the group \(name) has \(found?.members ?? [])") }
            var rest = (found?.messages ?? [])[...]
            var kept: [Model.Entry] = []
            for entry in expected.entries {
                if rest.first == messages[entry.message].wireIdentifier {
                    rest.removeFirst()
                    kept.append(entry)
                } else if !mayVanish(entry, isSmall: expected.isSmall) {
                    fail("the group \(name) has lost message \(entry.message); the engine has \(found?.messages ?? [])")
                    return
                }
            }
            if let more = rest.first { fail("the group \(name) has message \(more), which is not its own, or done") }
            model.groups[name]?.entries = kept
        }
        for name in groups.keys where model.groups[name] == nil { fail("there is a group \(name)") }
    }
}
