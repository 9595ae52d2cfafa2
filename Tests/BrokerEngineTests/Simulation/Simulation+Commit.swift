import MQTTPackets
import NIOCore
import StateStore

@testable import BrokerEngine

/// Commits, and what must come of them: the model does what the specification of a commit says, operation by operation.
extension Simulation {
    private static let outTopics = ["a", "a/b", "b/b", "s/1", "s/2"]

    /// A commit as it is sent, and what it means.
    private struct Commit {
        var operations: [CommitOperation] = []
        var delivery: SimulatedClient.Delivery?
        var id: [UInt8]?
        var writes: [String: String?] = [:]
        var messages: [Int] = []
        var refusal: (code: CommitRefusalCode, index: Int)?

        mutating func refuse(_ code: CommitRefusalCode) {
            if refusal == nil { refusal = (code, operations.count) }
        }
    }

    func commit(_ index: Int) {
        guard let peer = clients[index].peer, clients[index].isMartlet, canPublish(index) else { return }
        let count = random.pick([1, 1, 1, 2, 3])
        let correlation = "\(order())"
        let page = harness.engine.log.open
        let isRefusing = harness.engine.isRefusing
        var commits: [Commit] = []
        var used: Set<[UInt8]> = []
        // Two commits of a request see each other's work: only what they do not share is easily foretold.
        for _ in 0..<count {
            var commit = Commit()
            addDelivery(to: &commit, index, &used)
            if count == 1, commit.delivery?.group != nil, random.oneIn(4) {
                return putOff(index, peer, commit)
            }
            if count == 1 || commits.isEmpty { addWrites(to: &commit, isRefusing: isRefusing) }
            addMessages(to: &commit, isRefusing: isRefusing)
            commits.append(commit)
        }
        note("\(clients[index].profile.name) commits, \(correlation): \(commits.map(\.operations))")
        let packet = send(commits.map(\.operations), index, peer, correlation)
        var outcomes: [SimulatedClient.Outcome] = []
        var versions = versions(of: commits.count { $0.refusal == nil })[...]
        for commit in commits { outcomes.append(perform(commit, index, page, &versions)) }
        let waitsFor = outcomes.contains { $0.code == nil } ? page : 0
        clients[index].asked.append(.init(correlation: correlation, page: waitsFor, answer: .outcomes(outcomes)))
        clients[index].outgoing.append(
            .init(packetIdentifier: packet, message: -1, reason: .success, page: waitsFor)
        )
    }

    /// The versions of the commits of a request that were done: they follow each other, and the clock says the last one.
    private func versions(of count: Int) -> [StateVersion] {
        guard count > 0 else { return [] }
        let newest = harness.engine.state.clock.last
        let versions = (0..<count).reversed().map { back in
            StateVersion(milliseconds: newest.milliseconds, counter: newest.counter - UInt64(back), node: "StateStore")
        }
        checkVersion(versions[0])
        model.lastVersion = versions[count - 1]
        lastGiven = versions[count - 1]
        return versions
    }

    private func send(
        _ commits: [[CommitOperation]],
        _ index: Int,
        _ peer: Peer,
        _ correlation: String
    ) -> UInt16 {
        let payload = CommitRequest.payload(of: commits.map { CommitRequest(operations: $0) })
        return peer.request(StateStore.commitTopic, payload, nil, nil, correlation) {
            $0.properties.responseTopic = Self.answerTopic(clients[index].profile.name)
        }
    }

    // MARK: What it does

    private func addDelivery(to commit: inout Commit, _ index: Int, _ used: inout Set<[UInt8]>) {
        let own = clients[index].inflight.filter { $0.id != nil && $0.step == .published }
        var id: [UInt8]?
        if !own.isEmpty, !random.oneIn(6) {
            id = random.pick(own).id
        } else if random.oneIn(2) {
            // Another's, one of an earlier connection, or one that is done: a zombie's.
            id = random.pick(Array(identities.keys.sorted { $0.lexicographicallyPrecedes($1) }) + [Array("g1-1".utf8)])
        }
        // What is on its way to a client that takes no bytes it holds without knowing it.
        guard let id, !holdsUnseen(id, index), used.insert(id).inserted else { return }
        commit.id = id
        commit.delivery = own.first { $0.id == id && !$0.isCommitted }
        if commit.delivery == nil {
            cover(told.contains(id) ? "commit of what is done" : "commit by a zombie")
            commit.refuse(.gone)
        }
        commit.operations.append(.acknowledge(id: id))
    }

    /// Whether a delivery is on its way to a client whose socket is full, so that the client does not know of it.
    private func holdsUnseen(_ id: [UInt8], _ index: Int) -> Bool {
        guard clients[index].wasBlocked, !clients[index].inflight.contains(where: { $0.id == id }) else { return false }
        guard let session = harness.engine.sessionByClient[Array(clients[index].profile.name.utf8)],
            let identity = DeliveryIdentity(id.span)
        else { return false }
        if identity.owner == .group {
            return harness.engine.sessions[Int(session)].sharedByIdentity[identity] != nil
        }
        let queue = harness.engine.sessions[Int(session)].queue
        guard harness.engine.sessions[Int(session)].id == identity.number, queue.contains(identity.position) else {
            return false
        }
        return queue[identity.position].isInflight && !queue[identity.position].isDone
            && !queue[identity.position].isConfirmed
    }

    private func addWrites(to commit: inout Commit, isRefusing: Bool) {
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let key = random.pick(Self.keys)
            let bytes = Array(key.utf8)
            guard commit.writes[key] == nil else { continue }
            let old = known(key)
            if random.oneIn(4) {
                let version = random.oneIn(2) ? old?.version : model.lastVersion
                if version != old?.version { commit.refuse(.conflict) }
                commit.operations.append(.check(key: bytes, version: version))
                continue
            }
            var condition = CommitCondition.always
            var isMet = true
            switch Int.random(in: 0..<6, using: &random) {
            case 0: (condition, isMet) = (.absent, old == nil)
            case 1..<3: if let version = old?.version { condition = .version(version) }
            case 3: if let last = model.lastVersion { (condition, isMet) = (.version(last), old?.version == last) }
            default: break
            }
            if random.oneIn(4), condition != .absent {
                if !isMet { commit.refuse(.conflict) }
                commit.operations.append(.delete(key: bytes, condition: condition))
                commit.writes[key] = .some(nil)
            } else {
                let value = newValue()
                if isRefusing, !key.hasPrefix("m") { commit.refuse(.quota) }
                if !isMet { commit.refuse(.conflict) }
                commit.operations.append(.set(key: bytes, value: Array(value.utf8), condition: condition))
                commit.writes[key] = value
            }
        }
    }

    private func addMessages(to commit: inout Commit, isRefusing: Bool) {
        for _ in 0..<random.pick([0, 0, 1, 1, 2]) {
            let message = newMessage(topic: random.pick(Self.outTopics), qos: random.pick([0, 1, 1, 2]))
            messages[message].isOfCommit = true
            if random.oneIn(5) {
                messages[message].retain = true
                messages[message].isClear = random.oneIn(4)
                if messages[message].isClear { messages[message].qos = 0 }
            }
            let sent = messages[message]
            if isRefusing, needsJournal(sent) { commit.refuse(.quota) }
            var made = CommitMessage(topic: sent.topic, payload: Array(sent.payload.utf8))
            made.qos = sent.qos
            made.retain = sent.retain
            commit.operations.append(.publish(made))
            commit.messages.append(message)
        }
    }

    // MARK: What comes of it

    private func perform(
        _ commit: Commit,
        _ index: Int,
        _ page: UInt64,
        _ versions: inout ArraySlice<StateVersion>
    ) -> SimulatedClient.Outcome {
        if let refusal = commit.refusal {
            cover("commit refused: \(refusal.code)")
            return SimulatedClient.Outcome(code: refusal.code, index: refusal.index)
        }
        cover("commit done")
        if let delivery = commit.delivery {
            end(delivery, index, page)
            if delivery.qos == 2 { cover("QoS 2 delivery committed") }
            cover(delivery.group == nil ? "own delivery committed" : "shared delivery committed")
        }
        if !commit.messages.isEmpty { cover("messages published by a commit") }
        let version = versions.removeFirst()
        for (key, value) in commit.writes {
            model.state[key] = value.map {
                Model.State(value: $0, version: version, expiresAt: .max, page: key.hasPrefix("m") ? 0 : page)
            }
        }
        for message in commit.messages {
            messages[message].commitPage = page
            _ = route(message, publisher: clients[index].profile.name, page: page, isRefusing: false)
        }
        return SimulatedClient.Outcome(version: version, id: commit.id)
    }

    /// The delivery is done for good: nobody may get it again.
    private func end(_ delivery: SimulatedClient.Delivery, _ index: Int, _ page: UInt64) {
        if let at = clients[index].inflight.firstIndex(where: { $0.packetIdentifier == delivery.packetIdentifier }) {
            clients[index].inflight[at].isCommitted = true
        }
        let name = clients[index].profile.name
        if let group = delivery.group {
            model.groups[group]?.entries.removeAll { $0.order == delivery.order }
        } else if delivery.qos == 2 {
            // Its handshake goes on.
            if let at = model.sessions[name]?.queue.firstIndex(where: { $0.order == delivery.order }) {
                confirm(at, of: name, page: page)
            }
        } else {
            model.sessions[name]?.queue.removeAll { $0.order == delivery.order }
        }
    }

    /// What the commit is there for: workers of one group take messages and commit them.
    func work() {
        let workers = clients.indices.filter { clients[$0].isMartlet && clients[$0].isConnected }
        guard !workers.isEmpty else {
            if let worker = clients.indices.filter({ clients[$0].isMartlet }).randomElement(using: &random) {
                connect(worker)
            }
            return
        }
        let group = random.pick(["$share/g/s/+", "$share/h/s/#"])
        for worker in workers where model.sessions[clients[worker].profile.name]?.subscriptions[group] == nil {
            subscribe(worker, SubscribeFilter(filter: group, qos: .atLeastOnce), identifier: 0)
        }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            publish(Int.random(in: clients.indices, using: &random), topic: random.pick(["s/1", "s/2", "s/3"]))
        }
        turn()
        if !random.oneIn(4) { harness.completePage() }
        turn()
        for worker in workers where clients[worker].inflight.contains(where: { $0.id != nil && !$0.isCommitted }) {
            commit(worker)
            if random.oneIn(3) { turn() }
            if random.oneIn(3), let peer = clients[worker].peer,
                let at = clients[worker].inflight.firstIndex(where: \.isCommitted)
            {
                acknowledge(clients[worker].inflight.remove(at: at), by: worker, peer)
            }
        }
    }

    /// RETRY: it comes again, not before its time.
    private func putOff(_ index: Int, _ peer: Peer, _ commit: Commit) {
        guard let id = commit.id, let delivery = commit.delivery, let group = delivery.group else { return }
        let delay: Int64 = random.pick([0, 100, 5_000])
        let correlation = "\(order())"
        // What no crash brings back needs no page.
        let isDurable = model.groups[group]?.entries.first { $0.order == delivery.order }?.isDurable == true
        let page = isDurable ? harness.engine.log.open : 0
        note(
            "\(clients[index].profile.name) puts off \(String(decoding: id, as: UTF8.self)) by \(delay), \(correlation)"
        )
        cover("delivery put off")
        let reason = random.oneIn(3) ? "" : "because \(correlation)"
        let retry = CommitOperation.retry(id: id, delay: delay, reason: Array(reason.utf8))
        let packet = send([[retry]], index, peer, correlation)
        let version = noteVersion(isDurable: false)
        if let at = clients[index].inflight.firstIndex(where: { $0.packetIdentifier == delivery.packetIdentifier }) {
            clients[index].inflight[at].isCommitted = true
        }
        for at in (model.groups[group]?.entries ?? []).indices
        where model.groups[group]?.entries[at].order == delivery.order {
            model.groups[group]?.entries[at].mayBeDuplicate = true
            model.groups[group]?.entries[at].notBefore = harness.now.milliseconds + delay
            if !reason.isEmpty { model.groups[group]?.entries[at].reasons.append(reason) }
        }
        let outcome = SimulatedClient.Outcome(version: version)
        clients[index].asked.append(.init(correlation: correlation, page: page, answer: .outcomes([outcome])))
        clients[index].outgoing.append(.init(packetIdentifier: packet, message: -1, reason: .success, page: page))
        emptyGroups()
    }
}
