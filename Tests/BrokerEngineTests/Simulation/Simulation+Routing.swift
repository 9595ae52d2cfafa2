import BrokerEngine
import MQTTPackets

/// Who must get a message, as the specification says it: filter by filter, without a tree.
extension Simulation {
    /// What a publisher must be told, and the page that must be durable before.
    struct Answer {
        var reason: ReasonCode
        var page: UInt64 = 0
    }

    func route(_ message: Int, publisher: String, page: UInt64, isRefusing: Bool) -> Answer {
        messages[message].publisher = publisher
        let sent = messages[message]
        let ordinary = model.sessions.mapValues { matching($0, sent.topic, without: nil) }.filter { !$0.value.isEmpty }
        let groups = model.groups.keys.filter { name in
            model.groups[name]?.members.isEmpty == false && Self.matches(name, sent.topic)
        }
        if ordinary.isEmpty, groups.isEmpty, !sent.retain { return Answer(reason: .noMatchingSubscribers) }
        if isRefusing, needsJournal(sent) { return Answer(reason: .quotaExceeded) }
        if let expiry = sent.expiry { messages[message].expiresAt = harness.now.milliseconds + Int64(expiry) * 1_000 }

        var answer = Answer(reason: .success)
        for client in ordinary.keys.sorted() {
            let found = matching(model.sessions[client], sent.topic, without: client == publisher ? .noLocal : nil)
            guard !found.isEmpty else { continue }
            if queue(message, for: client, found, page: page) { answer.page = page }
        }
        for group in groups.sorted() where queue(message, for: group, page: page) { answer.page = page }
        if sent.retain, retain(message, page: page) { answer.page = page }
        messages[message].page = answer.page
        return answer
    }

    /// Whether anything durable depends on a message.
    func needsJournal(_ sent: SimulatedMessage) -> Bool {
        if sent.retain { return true }
        guard sent.qos > 0 else { return false }
        let isForGroup = model.groups.keys.contains { name in
            model.groups[name]?.members.isEmpty == false && Self.matches(name, sent.topic) && model.isDurable(name)
        }
        return isForGroup
            || model.sessions.values.contains { session in
                session.isPersistent && matching(session, sent.topic, without: nil).contains { $0.qos > 0 }
            }
    }

    private enum Exclusion { case noLocal }

    private func matching(
        _ session: Model.Session?,
        _ topic: String,
        without exclusion: Exclusion?
    ) -> [Model.Subscription] {
        (session?.subscriptions ?? [:]).filter { filter, subscription in
            !filter.hasPrefix("$share/") && Self.matches(filter, topic)
                && !(exclusion == .noLocal && subscription.noLocal)
        }.map(\.value)
    }

    /// Whether a filter, with or without its share, matches a topic.
    static func matches(_ filter: String, _ topic: String) -> Bool {
        guard let parsed = try? TopicFilter(filter, limits: .default) else { return false }
        return parsed.matches(topic: topic)
    }

    /// One copy with the highest QoS and all identifiers; whether it must be durable.
    private func queue(_ message: Int, for client: String, _ found: [Model.Subscription], page: UInt64) -> Bool {
        let sent = messages[message]
        let identifiers = found.map(\.identifier).filter { $0 > 0 }.sorted()
        let retain = sent.retain && found.contains { $0.retainAsPublished }
        let qos = min(sent.qos, found.map(\.qos).max() ?? 0)
        guard qos > 0 else {
            atMostOnce.append(.init(message: message, client: client, identifiers: identifiers, retain: retain))
            return false
        }
        let isDurable = model.sessions[client]?.isPersistent == true
        model.sessions[client]?.queue.append(
            Model.Entry(
                order: order(),
                message: message,
                qos: qos,
                retain: retain,
                identifiers: identifiers,
                isDurable: isDurable,
                page: page,
                isOwn: sent.isWill,
                isOfCommit: sent.isOfCommit
            )
        )
        return isDurable
    }

    private func queue(_ message: Int, for group: String, page: UInt64) -> Bool {
        guard messages[message].qos > 0 else {
            atMostOnce.append(.init(message: message, group: group))
            return false
        }
        let isDurable = model.isDurable(group)
        model.groups[group]?.entries.append(
            Model.Entry(
                order: order(),
                message: message,
                qos: messages[message].qos,
                isDurable: isDurable,
                page: page,
                isOwn: messages[message].isWill,
                isOfCommit: messages[message].isOfCommit
            )
        )
        return isDurable
    }

    /// Puts a message in the place of the retained one; whether that changed anything.
    private func retain(_ message: Int, page: UInt64) -> Bool {
        let sent = messages[message]
        let old = model.retained[sent.topic]?.last?.message
        if sent.isClear, old == nil { return false }
        model.retained[sent.topic, default: []].append(.init(message: sent.isClear ? nil : message, page: page))
        return true
    }

    /// The retained messages a new subscription gets.
    func sendRetained(
        to client: String,
        _ filter: String,
        _ subscription: Model.Subscription,
        page: UInt64,
        isRefusing: Bool
    ) {
        let found = model.retained.values.compactMap { $0.last?.message }.sorted()
        for message in found where Self.matches(filter, messages[message].topic) {
            guard messages[message].expiresAt > harness.now.milliseconds else { continue }
            if subscription.noLocal, messages[message].publisher == client { continue }
            let identifiers = subscription.identifier == 0 ? [] : [subscription.identifier]
            let qos = min(messages[message].qos, subscription.qos)
            guard qos > 0 else {
                atMostOnce.append(.init(message: message, client: client, identifiers: identifiers, retain: true))
                continue
            }
            let isPersistent = model.sessions[client]?.isPersistent == true
            let isDurable = isPersistent && !isRefusing
            // What a full journal cannot keep is not sent with QoS 2.
            if qos == 2, isPersistent, isRefusing { continue }
            // A copy of one that may still be refused is refused with it.
            let isHeld = !messages[message].isOfCommit && messages[message].commitPage > durablePage
            model.sessions[client]?.queue.append(
                Model.Entry(
                    order: order(),
                    message: message,
                    qos: qos,
                    retain: true,
                    identifiers: identifiers,
                    isDurable: isDurable,
                    page: page,
                    isOwn: !isHeld
                )
            )
        }
    }
}
