import Journal
import MQTTPackets

@testable import BrokerEngine

/// Time, the journal, and the model's side of what happens to sessions.
extension Simulation {
    func advance() { advance(by: random.pick([10, 1_000, 6_000, 25_000])) }

    func advance(by milliseconds: Int) {
        // A session's time runs from when the engine ended its connection, which the model sees at the end of the turn.
        endTurnIfEnding()
        defer { endTurnIfEnding() }
        let later = harness.now.milliseconds + Int64(milliseconds)
        note("\(milliseconds) milliseconds pass")
        let due = model.sessions.filter {
            !$0.value.isConnected && ($0.value.endsAt <= later || $0.value.willAt <= later)
        }
        // The engine's own order, which is as good as any.
        let slots = due.keys.sorted { slot(of: $0) < slot(of: $1) }
        let (page, isRefusing) = (harness.engine.log.open, harness.engine.isRefusing)
        harness.advance(milliseconds: Int64(milliseconds))
        for name in slots {
            if let session = model.sessions[name], session.willAt <= later {
                sendWill(of: name, page: page, isRefusing: isRefusing)
            }
            if let session = model.sessions[name], session.endsAt <= later { endSession(name) }
        }
    }

    private func endTurnIfEnding() {
        if clients.contains(where: { $0.peer.map(isEnding) ?? false }) { turn() }
    }

    private func slot(of client: String) -> Int32 {
        harness.engine.sessionByClient[Array(client.utf8)] ?? -1
    }

    // MARK: The journal

    func moveJournal() {
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<2:
            harness.holdsPages.toggle()
            note("pages are held: \(harness.holdsPages)")
        case 2..<6: harness.completePage()
        case 6:
            let isFull = harness.capacity == .max
            harness.capacity = isFull ? harness.storedBytes + random.pick([0, 50, 400]) : .max
            note("the journal has room: \(!isFull)")
        case 7: harness.retryPage()
        case 8:
            // A short shortage.
            harness.capacity = 0
            harness.completePage()
            collect()
            harness.capacity = .max
            harness.retryPage()
            harness.completePage()
            harness.engine.setSpace(isEnough: true)
        case 9:
            let isEnough = random.oneIn(2)
            note("space is enough: \(isEnough)")
            harness.engine.setSpace(isEnough: isEnough)
        case 10: harness.holdsReads.toggle()
        default: harness.completeRead(succeeding: !random.oneIn(3))
        }
        collect()
    }

    func crash() {
        let isKept = random.oneIn(2)
        let last = isKept ? harness.outstanding?.number ?? durablePage : durablePage
        note("crash; the last page is \(last)")
        cover(isKept && harness.outstanding != nil ? "crash, page kept" : "crash")
        if let first = harness.pages.first, first.number < harness.engine.firstLivePage { cover("crash before drop") }
        if !harness.engine.log.moves.isEmpty { cover("crash with a move on its way") }
        harness = harness.crash(keepingOutstanding: isKept, downtime: random.pick([0, 500, 30_000]))
        guard let snapshot = snapshots[last] else { return fail("no model of page \(last)") }
        model = snapshot
        model.recover(at: harness.now.milliseconds)
        for index in clients.indices {
            clients[index].forgetConnection()
            clients[index].asked = []
            if model.sessions[clients[index].profile.name] == nil {
                forgetSession(index)
            } else if clients[index].hasNoSession {
                // Its end was not durable: the client may not go on with a session it has forgotten (MQTT-3.2.2-4).
                clients[index].mustStartClean = true
            }
        }
        atMostOnce = []
        lastGiven = nil
        watchPages()
        compare()
        for broken in harness.engine.brokenInvariants() { fail(broken) }
    }

    // MARK: Sessions

    /// The connection of a client is gone.
    func disconnected(_ index: Int, normally: Bool) {
        let name = clients[index].profile.name
        clients[index].forgetConnection()
        guard var session = model.sessions[name], session.isConnected else { return }
        returnPins(of: name)
        session = model.sessions[name] ?? session
        session.isConnected = false
        for at in session.queue.indices { session.queue[at].mayBeDuplicate = true }
        for group in model.groups.keys {
            for at in (model.groups[group]?.entries ?? []).indices {
                model.groups[group]?.entries[at].mayBeDuplicate = true
            }
        }
        if normally { session.will = nil }
        let delay = session.isPersistent ? session.willDelay : 0
        if session.will != nil, delay > 0 { session.willAt = harness.now.milliseconds + Int64(delay) * 1_000 }
        model.sessions[name] = session
        // What it held of a group without members goes to nobody any more.
        emptyGroups()
        if delay == 0 { sendWill(of: name) }
        if session.isPersistent {
            model.sessions[name]?.endsAt = harness.now.milliseconds + Int64(session.expiry) * 1_000
        } else {
            endSession(name)
        }
    }

    func endSession(_ name: String) {
        sendWill(of: name)
        model.end(name)
        emptyGroups()
        // Its client ends it too, at the same moment (MQTT-4.1.0-2).
        for index in clients.indices where clients[index].profile.name == name { forgetSession(index) }
    }

    private func forgetSession(_ index: Int) {
        clients[index].forgetSession()
        clients[index].hasNoSession = true
    }

    /// Groups without members keep only what is in flight; which that is the engine knows.
    func emptyGroups() {
        guard model.groups.contains(where: { $0.value.members.isEmpty }) else { return }
        let engine = EngineDescription(harness.engine)
        for (name, group) in model.groups where group.members.isEmpty {
            let held = engine.groups[name]?.messages ?? []
            model.groups[name]?.entries.removeAll { !held.contains(messages[$0.message].wireIdentifier) }
        }
    }

    private func sendWill(of name: String, page: UInt64? = nil, isRefusing: Bool? = nil) {
        guard let will = model.sessions[name]?.will else { return }
        model.sessions[name]?.will = nil
        model.sessions[name]?.willAt = .max
        note("the will of \(name) is sent: \(will)")
        _ = route(
            will,
            publisher: name,
            page: page ?? harness.engine.log.open,
            isRefusing: isRefusing ?? harness.engine.isRefusing
        )
    }

    // MARK: The end

    /// Everything that was held back is let go, everybody comes back and acknowledges: nothing may be left.
    func finish() {
        step += 1
        note("the end")
        harness.capacity = .max
        harness.holdsPages = false
        harness.holdsReads = false
        harness.completePage()
        harness.retryPage()
        harness.engine.setSpace(isEnough: true)
        turn()
        for index in clients.indices {
            let isThere = model.sessions[clients[index].profile.name] != nil
            if isThere, clients[index].isConnected == false { connect(index, cleanly: false) }
            if let peer = clients[index].peer, !peer.isWritable { harness.setWritable(true, peer) }
        }
        // What was put off comes now.
        advance(by: 6_000)
        turn()
        var rounds = 0
        for index in clients.indices where !clients[index].isConnected { clients[index].forgetSession() }
        while clients.contains(where: { !$0.inflight.isEmpty || !$0.sending.isEmpty || $0.mustResume }), rounds < 10_000
        {
            rounds += 1
            for index in clients.indices {
                if clients[index].mustResume { resume(index) }
                release(index, all: true)
                guard let peer = clients[index].peer, let first = clients[index].inflight.first else { continue }
                clients[index].inflight.removeFirst()
                acknowledge(first, by: index, peer)
            }
            turn()
        }
        expectNothingLeft()
        crash()
    }

    private func expectNothingLeft() {
        for (name, session) in model.sessions where !session.received.isEmpty {
            fail("the identifiers \(session.received.keys) of \(name) were never released")
        }
        for client in clients where !client.holding.isEmpty {
            fail("\(client.profile.name) never got PUBREL for \(client.holding.keys)")
        }
        for (name, session) in model.sessions where !session.queue.isEmpty {
            fail("\(name) never got \(session.queue.map(\.message))")
        }
        for (name, group) in model.groups where !group.entries.isEmpty {
            fail("the group \(name) never got \(group.entries.map(\.message))")
        }
        for client in clients where !client.outgoing.isEmpty || !client.requests.isEmpty {
            fail("\(client.profile.name) was never answered")
        }
        let stored = harness.engine.statistics.storedMessages
        if stored != harness.engine.statistics.retainedMessages { fail("\(stored) messages are still stored") }
        if harness.engine.openPageBytes > 0 { fail("facts are left that no page took") }
    }
}
