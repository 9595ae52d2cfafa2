import MQTTPackets
import NIOCore

@testable import BrokerEngine

/// What happens, as the seed says.
extension Simulation {
    private static let topics = ["a", "a/b", "a/c", "b/b", "s/1", "s/2", "s/3", "$own/b"]
    private static let filters = ["a", "a/#", "+/b", "#", "a/+", "s/+", "$own/#"]
    private static let sharedFilters = ["$share/g/s/+", "$share/g/s/+", "$share/h/s/#", "$share/g/+/b"]

    /// What may happen, with how often it does when the seed does not say otherwise.
    enum Action: CaseIterable {
        case connect, leave, subscribe, unsubscribe, publish, acknowledge, churn, socket, time, journal, crash
        case commit, state, work, release

        var weight: Int {
            switch self {
            case .connect, .subscribe, .journal: 8
            case .release: 12
            case .publish: 35
            case .acknowledge: 18
            case .commit: 25
            case .state, .work: 10
            case .leave, .socket, .time: 4
            case .unsubscribe, .churn: 3
            case .crash: 2
            }
        }
    }

    /// Each seed has its own mood: some things happen all the time, and others not at all.
    static func mood(_ random: inout SplitMix64) -> [Action] {
        var actions: [Action] = []
        for action in Action.allCases {
            let factor = random.pick([0, 1, 1, 1, 4])
            actions += Array(repeating: action, count: action.weight * factor)
        }
        return actions + [.connect, .connect, .subscribe, .publish, .release]
    }

    func act() {
        let client = Int.random(in: 0..<clients.count, using: &random)
        // One that sleeps while the others work: its old facts are moved again and again.
        if client == 0, isSleepy, step > 40 { return clients[0].isConnected ? leave(0) : churn(1) }
        for index in clients.indices where clients[index].mustResume && !random.oneIn(4) { resume(index) }
        switch random.pick(mood) {
        case .connect: connect(client)
        case .leave: leave(client)
        case .subscribe: subscribe(client)
        case .unsubscribe: unsubscribe(client)
        case .publish: publish(client)
        case .acknowledge: acknowledge(client)
        case .churn: churn(client)
        case .socket: toggleSocket(client)
        case .time: advance()
        case .journal: moveJournal()
        case .crash: crash()
        case .commit: commit(client)
        case .state: askState(client)
        case .work: work()
        case .release: release(client)
        }
    }

    /// Much comes and goes, so that most of the journal is dead.
    private func churn(_ publisher: Int) {
        for _ in 0..<10 where clients[publisher].isConnected {
            publish(publisher)
            turn()
            release(publisher)
            for index in clients.indices where !random.oneIn(4) {
                guard let peer = clients[index].peer, let last = clients[index].inflight.popLast() else { continue }
                acknowledge(last, by: index, peer)
            }
            if random.oneIn(3) {
                harness.completePage()
                // Whoever was closed because the page failed sends nothing more.
                collect()
            }
        }
    }

    // MARK: Clients

    func connect(_ index: Int, cleanly: Bool? = nil) {
        let profile = clients[index].profile
        var connect = Connect(version: profile.version, clientIdentifier: profile.name)
        connect.cleanStart = clients[index].mustStartClean || (cleanly ?? random.oneIn(5))
        var expiry = profile.expiry
        if profile.version == .v5 {
            if cleanly == nil, random.oneIn(8) { expiry = 0 }
            connect.properties.sessionExpiryInterval = expiry
            connect.properties.receiveMaximum = profile.receiveMaximum
            connect.properties.maximumPacketSize = profile.isSmall ? 150 : nil
            if profile.usesAliases { connect.properties.topicAliasMaximum = random.pick([1, 2, 100]) }
            if profile.isMartlet { Peer.extended(&connect) }
        } else {
            if profile.expiry == 0 { connect.cleanStart = true }
            expiry = connect.cleanStart ? 0 : harness.configuration.limits.defaultSessionExpiry
        }
        var will: Int?
        if profile.hasWill {
            let message = newMessage(topic: random.pick(Self.topics), qos: random.pick([0, 1, 2]), isWill: true)
            will = message
            connect.will = Will(
                topic: messages[message].topic,
                payload: ByteBuffer(string: messages[message].payload),
                qos: QoS(rawValue: messages[message].qos) ?? .atMostOnce
            )
            if profile.version == .v5 { connect.will?.properties.willDelayInterval = profile.willDelay }
        }
        note("\(profile.name) connects, clean: \(connect.cleanStart), expiry: \(expiry)")
        guard let peer = harness.open(profile.name) else { return fail("no connection") }
        peer.usesAliases = profile.usesAliases
        let page = harness.engine.log.open
        peer.send(.connect(connect))
        if clients[index].isConnected { disconnected(index, normally: false) }
        clients[index].peer = peer
        if connect.cleanStart {
            clients[index].forgetSession()
            clients[index].mustStartClean = true
        }
        attach(index, clean: connect.cleanStart, expiry: expiry, will: will, page: page)
        let topic = Self.answerTopic(profile.name)
        if profile.version == .v5, model.sessions[profile.name]?.subscriptions[topic] == nil {
            subscribe(index, SubscribeFilter(filter: topic, qos: .atMostOnce), identifier: 0)
        }
    }

    private func attach(_ index: Int, clean: Bool, expiry: UInt32, will: Int?, page: UInt64) {
        let profile = clients[index].profile
        let name = profile.name
        var isChanged = false
        if clean, let old = model.sessions[name] {
            isChanged = old.isPersistent
            endSession(name)
        }
        clients[index].sessionPresent = model.sessions[name] != nil
        if model.sessions[name] == nil {
            model.sessions[name] = Model.Session(isPersistent: expiry > 0, expiry: expiry)
            isChanged = isChanged || expiry > 0
        }
        if isChanged { model.sessions[name]?.changedOn = page }
        model.sessions[name]?.isConnected = true
        model.sessions[name]?.endsAt = .max
        model.sessions[name]?.willAt = .max
        model.sessions[name]?.will = will
        model.sessions[name]?.willDelay = profile.version == .v5 ? profile.willDelay : 0
        model.sessions[name]?.expiry = expiry
        model.sessions[name]?.isSmall = profile.isSmall && profile.version == .v5
        if expiry == 0, model.sessions[name]?.isPersistent == true { model.forgetAtCrash(name) }
    }

    func leave(_ index: Int) {
        guard let peer = clients[index].peer else { return }
        let name = clients[index].profile.name
        let isBroken = random.oneIn(2)
        note("\(name) leaves, broken: \(isBroken)")
        if isBroken {
            harness.cut(peer)
            disconnected(index, normally: false)
            return
        }
        var expiry: UInt32?
        if clients[index].profile.version == .v5, model.sessions[name]?.isPersistent == true, random.oneIn(4) {
            expiry = random.pick([0, 20])
        }
        let keepsWill = clients[index].profile.version == .v5 && random.oneIn(4)
        peer.disconnect(keepsWill ? .disconnectWithWill : .normalDisconnection, sessionExpiry: expiry)
        if let expiry {
            model.sessions[name]?.expiry = expiry
            if expiry == 0 { model.forgetAtCrash(name) }
        }
        disconnected(index, normally: !keepsWill)
    }

    func subscribe(_ index: Int) {
        guard clients[index].peer != nil else { return connect(index) }
        let isShared = random.oneIn(2)
        let isFive = clients[index].profile.version == .v5
        let filter = isShared ? random.pick(Self.sharedFilters) : random.pick(Self.filters)
        let identifier = isFive && random.oneIn(2) ? UInt32.random(in: 1...9, using: &random) : 0
        let qos: QoS = random.pick([.atLeastOnce, .exactlyOnce, .exactlyOnce, isShared ? .atLeastOnce : .atMostOnce])
        var wish = SubscribeFilter(filter: filter, qos: qos)
        if isFive, !isShared {
            wish.noLocal = random.oneIn(4)
            wish.retainAsPublished = random.oneIn(2)
            wish.retainHandling = random.pick([.sendAlways, .sendIfNew, .sendNever])
        }
        subscribe(index, wish, identifier: identifier)
    }

    /// Whether the engine has ended a connection, and only waits until its last bytes are taken: it hears nothing of it any more.
    func isEnding(_ peer: Peer) -> Bool {
        harness.engine.connections[Int(peer.handle.index)].state == .closing
    }

    func subscribe(_ index: Int, _ wish: SubscribeFilter, identifier: UInt32) {
        guard let peer = clients[index].peer, !isEnding(peer) else { return }
        let name = clients[index].profile.name
        let filter = wish.filter
        note("\(name) subscribes to \(filter), identifier \(identifier)")
        let page = harness.engine.log.open
        let isRefusing = harness.engine.isRefusing
        let packet = peer.subscribe(filter, qos: wish.qos, identifier: identifier == 0 ? nil : identifier) { $0 = wish }
        let isNew = model.sessions[name]?.subscriptions[filter] == nil
        // Who commits shares at QoS 1.
        let isWorker = filter.hasPrefix("$share/") && clients[index].isMartlet
        let made = Model.Subscription(
            qos: min(wish.qos.rawValue, isWorker ? 1 : 2),
            identifier: identifier,
            noLocal: wish.noLocal,
            retainAsPublished: wish.retainAsPublished
        )
        let isUnchanged = model.sessions[name]?.subscriptions[filter] == made
        model.sessions[name]?.subscriptions[filter] = made
        let isPersistent = model.sessions[name]?.isPersistent == true
        if isPersistent, !isUnchanged { model.sessions[name]?.changedOn = page }
        let request = SimulatedClient.Request(
            packetIdentifier: packet,
            page: isPersistent && !isUnchanged ? page : 0,
            isSubscribe: true
        )
        clients[index].requests.append(request)
        if filter.hasPrefix("$share/") {
            model.groups[filter, default: Model.Group()].members.insert(name)
            if model.sessions[name]?.isSmall == true { model.groups[filter]?.isSmall = true }
        } else if wish.retainHandling == .sendAlways || (wish.retainHandling == .sendIfNew && isNew) {
            sendRetained(to: name, filter, made, page: page, isRefusing: isRefusing)
        }
    }

    func unsubscribe(_ index: Int) {
        guard let peer = clients[index].peer, !isEnding(peer) else { return }
        let name = clients[index].profile.name
        let filter = random.pick(Self.filters + Self.sharedFilters + Self.sharedFilters)
        note("\(name) unsubscribes from \(filter)")
        let page = harness.engine.log.open
        let packet = peer.unsubscribe(filter)
        let isKnown = model.sessions[name]?.subscriptions.removeValue(forKey: filter) != nil
        let waits = isKnown && model.sessions[name]?.isPersistent == true
        if waits { model.sessions[name]?.changedOn = page }
        let request = SimulatedClient.Request(packetIdentifier: packet, page: waits ? page : 0, isSubscribe: false)
        clients[index].requests.append(request)
        if isKnown {
            model.groups[filter]?.members.remove(name)
            model.settleGroups()
            emptyGroups()
        }
    }

    func publish(_ index: Int, topic: String? = nil) {
        // A page that failed may have ended the connection: what would be sent on it then reaches nobody.
        collect()
        guard let peer = clients[index].peer else { return connect(index) }
        let profile = clients[index].profile
        guard canPublish(index) else { return }
        let isWork = topic != nil
        let message = newMessage(
            topic: topic ?? random.pick(Self.topics),
            qos: isWork ? 1 : random.pick([0, 1, 1, 2, 2])
        )
        if !isWork, random.oneIn(5) {
            messages[message].retain = true
            messages[message].isClear = random.oneIn(4)
            // Nobody could tell two of them apart in a queue.
            if messages[message].isClear { messages[message].qos = 0 }
        }
        messages[message].isLarge = !messages[message].isClear && random.oneIn(6)
        if profile.version == .v5, random.oneIn(8) { messages[message].expiry = random.pick([1, 5, 100]) }
        if messages[message].qos == 2 { return publishOnce(index, message) }
        let sent = messages[message]
        note("\(profile.name) publishes \(message) to \(sent.topic), QoS \(sent.qos), retain: \(sent.retain)")
        let page = harness.engine.log.open
        let isRefusing = harness.engine.isRefusing
        let packet = peer.publish(
            sent.topic,
            sent.payload,
            qos: sent.qos == 0 ? .atMostOnce : .atLeastOnce,
            retain: sent.retain,
            properties: PublishProperties(messageExpiryInterval: sent.expiry)
        )
        let answer = route(message, publisher: profile.name, page: page, isRefusing: isRefusing)
        if sent.qos > 0 {
            if answer.reason == .quotaExceeded, profile.version == .v3_1_1 {
                // Closed by the engine in the act; nothing was routed.
                disconnected(index, normally: false)
                return
            }
            var reason = answer.reason
            if profile.version == .v3_1_1 { reason = .success }
            clients[index].outgoing.append(
                .init(packetIdentifier: packet, message: message, reason: reason, page: answer.page)
            )
        }
    }

    func acknowledge(_ index: Int) {
        guard let peer = clients[index].peer, !clients[index].inflight.isEmpty else { return }
        let inOrder = random.oneIn(2)
        let count = random.oneIn(2) ? 1 : clients[index].inflight.count
        for _ in 0..<count {
            let at = inOrder ? 0 : Int.random(in: 0..<clients[index].inflight.count, using: &random)
            acknowledge(clients[index].inflight.remove(at: at), by: index, peer)
        }
    }

    func acknowledge(_ delivery: SimulatedClient.Delivery, by index: Int, _ peer: Peer) {
        let name = clients[index].profile.name
        if delivery.qos == 2 { return goOn(delivery, by: index, peer) }
        note("\(name) acknowledges \(delivery.packetIdentifier), order \(delivery.order)")
        let reason: ReasonCode = clients[index].profile.version == .v5 && random.oneIn(9) ? .unspecifiedError : .success
        peer.send(.puback(PubAck(packetIdentifier: delivery.packetIdentifier, reasonCode: reason)))
        // It is done already, or comes again: this only frees its packet identifier.
        if delivery.isCommitted { return }
        if let group = delivery.group {
            model.groups[group]?.entries.removeAll { $0.order == delivery.order }
        } else {
            model.sessions[name]?.queue.removeAll { $0.order == delivery.order }
        }
    }

    private func toggleSocket(_ index: Int) {
        guard let peer = clients[index].peer else { return }
        note("\(clients[index].profile.name) takes bytes: \(!peer.isWritable)")
        clients[index].wasBlocked = true
        harness.setWritable(!peer.isWritable, peer)
    }

    func newMessage(topic: String, qos: UInt8, isWill: Bool = false) -> Int {
        var message = SimulatedMessage(identifier: messages.count, topic: topic, qos: qos, isWill: isWill)
        message.root = message.identifier
        messages.append(message)
        return message.identifier
    }
}
