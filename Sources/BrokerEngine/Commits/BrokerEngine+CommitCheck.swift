import MQTTPackets
import StateStore

/// What may stand against a commit: all of it is looked at before anything is done.
extension BrokerEngine {
    /// Checks an operation and adds it to the plan.
    ///
    /// - Returns: Why the whole commit is refused; nil when nothing is against it so far.
    mutating func check(
        _ step: CommitStep,
        at index: Int,
        of count: Int,
        _ bytes: Span<UInt8>,
        _ requester: Requester,
        _ plan: inout CommitPlan
    ) -> CommitRefusal? {
        func refusal(_ code: CommitRefusalCode, _ text: String) -> CommitRefusal {
            CommitRefusal(code, index: index, text: text)
        }
        if let text = self.refusal(of: step, bytes, requester) { return refusal(.unauthorized, text) }
        switch step {
        case .invalid(let text):
            return refusal(.invalid, text)
        case .acknowledge(let id):
            guard index == 0 else { return refusal(.invalid, "ACK is the first operation of a commit") }
            guard let delivery = delivery(bytes.extracting(id), of: requester.session) else {
                return refusal(.gone, Self.goneText)
            }
            plan.delivery = delivery
        case .retry(let id, let delay, let reason):
            guard count == 1 else { return refusal(.invalid, "RETRY stands alone in its commit") }
            guard delay >= 0, delay <= limits.maximumRetryDelay else {
                return refusal(.invalid, "the delay is not from 0 to \(limits.maximumRetryDelay) milliseconds")
            }
            guard let delivery = delivery(bytes.extracting(id), of: requester.session) else {
                return refusal(.gone, Self.goneText)
            }
            guard case .shared = delivery else {
                return refusal(.invalid, "RETRY is for deliveries of shared subscriptions")
            }
            (plan.delivery, plan.delay, plan.reason) = (delivery, delay, reason)
        case .write(let write):
            return check(write, at: index, bytes, &plan)
        case .check(let key, let version):
            guard state.hasVersion(version, bytes.extracting(key), now: now.milliseconds) else {
                return refusal(.conflict, "the key has another version")
            }
        case .publish(let publish):
            return check(publish, at: index, bytes, requester, &plan)
        }
        return nil
    }

    private static let goneText = "this session does not hold that delivery"

    /// The delivery of an identity that the session has in its hands, on its present connection.
    private mutating func delivery(_ id: Span<UInt8>, of session: Int32) -> CommitPlan.Delivery? {
        guard session >= 0, let identity = DeliveryIdentity(id) else { return nil }
        switch identity.owner {
        case .group:
            return sessions[Int(session)].sharedByIdentity[identity].map { .shared($0, identity) }
        case .session:
            let queue = sessions[Int(session)].queue
            guard identity.number == sessions[Int(session)].id, queue.contains(identity.position) else { return nil }
            let entry = queue[identity.position]
            guard entry.isInflight, !entry.isDone, !entry.isConfirmed,
                messages.slots[Int(entry.message)].sequence == identity.sequence
            else { return nil }
            return .own(identity.position)
        }
    }

    private mutating func check(
        _ write: StateWrite,
        at index: Int,
        _ bytes: Span<UInt8>,
        _ plan: inout CommitPlan
    ) -> CommitRefusal? {
        for other in plan.writes where Self.isSame(bytes, write.key, other.key) {
            return CommitRefusal(.invalid, index: index, text: "a key stands in one operation of a commit only")
        }
        if write.action == .set, log.isOn, !log.takesMessages, isJournaled(write, bytes) {
            return CommitRefusal(.quota, index: index, text: "the journal has no space left")
        }
        if let refusal = state.check(write, in: bytes, now: now.milliseconds, tally: &plan.tally) {
            switch refusal {
            case .notApplied:
                return CommitRefusal(.conflict, index: index, text: "the key has another version")
            case .absent:
                guard write.condition == .always else {
                    return CommitRefusal(.conflict, index: index, text: "the key is not there")
                }
            case .error(let error):
                return CommitRefusal(Self.code(of: error), index: index, text: error.text)
            }
        }
        plan.writes.append(write)
        return nil
    }

    private static func code(of error: StateError) -> CommitRefusalCode {
        switch error {
        case .quotaExceeded: .quota
        case .tokenRequired, .tokenOutdated: .fenced
        case .notAuthorized: .unauthorized
        default: .invalid
        }
    }

    private static func isSame(_ bytes: Span<UInt8>, _ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        for offset in 0..<one.count where bytes[one.lowerBound + offset] != bytes[other.lowerBound + offset] {
            return false
        }
        return true
    }

    private mutating func check(
        _ publish: CommitPublish,
        at index: Int,
        _ bytes: Span<UInt8>,
        _ requester: Requester,
        _ plan: inout CommitPlan
    ) -> CommitRefusal? {
        let topic = bytes.extracting(publish.topic)
        guard !isOwnTopic(topic), !isRequestTopic(topic) else {
            return CommitRefusal(.unauthorized, index: index, text: "the topic is the broker's own")
        }
        var properties: [UInt8] = []
        publish.appendProperties(bytes, to: &properties)
        let packet = PacketBuilder.append(
            topic: topic,
            retain: publish.retain,
            expiry: publish.expiry,
            properties: properties.span,
            payload: bytes.extracting(publish.payload),
            to: &plan.packets
        )
        guard let packet, let view = parse(plan.packets.span.extracting(packet)) else {
            return CommitRefusal(.invalid, index: index, text: "the message is none that could be published")
        }
        if isRefused(view, of: packet, qos: publish.qos, publisher: requester.session, &plan) {
            return CommitRefusal(.quota, index: index, text: "a limit of the broker refuses the message")
        }
        plan.messages.append(.init(packet: packet, qos: publish.qos))
        return nil
    }

    private func parse(_ packet: Span<UInt8>) -> PublishView? {
        guard let header = try? FixedHeader.parse(packet, from: 0, limits: limits.packet) else { return nil }
        return try? PublishView.parse(packet, packetAt: 0, header: header, version: .v5, limits: limits.packet)
    }

    /// Whether ``route(_:_:qos:publisher:origin:)`` would refuse a message, after those that the plan has already.
    private mutating func isRefused(
        _ view: PublishView,
        of range: Range<Int>,
        qos: UInt8,
        publisher: Int32,
        _ plan: inout CommitPlan
    ) -> Bool {
        let packets = plan.packets
        let packet = packets.span.extracting(range)
        let index = matchIndex(packet, view.topic)
        if cache.entries[index].set.isEmpty, !view.retain { return false }
        let length = MessageParts(
            topic: view.topic,
            properties: view.properties,
            payload: view.payload,
            qos: qos
        ).bodyLength
        let others = plan.messages.count
        defer { plan.messageBytes += length }
        if messages.storedBytes + plan.messageBytes + length > limits.storedBytes { return true }
        if log.isOn, !log.takesMessages, needsJournal(index, qos: qos, retain: view.retain) { return true }
        if qos > 0, hasFullGroup(index, length + plan.messageBytes, behind: others) { return true }
        if view.retain {
            defer { plan.retained += 1 }
            return !hasRoomForRetained(packet, view, behind: plan.retained)
        }
        return qos > 0 && !hasTaker(index, length + plan.messageBytes, behind: others)
    }

    /// Whether one of the receivers of a message of QoS 1 would take it.
    private mutating func hasTaker(_ index: Int, _ length: Int, behind others: Int) -> Bool {
        if !cache.entries[index].set.groups.isEmpty { return true }
        return cache.entries[index].set.targets.contains { target in
            let at = Int(target.session)
            return target.qos == 0 || target.hasNoLocal
                || (sessions[at].queue.pending + others < limits.queuedMessagesPerSession
                    && sessions[at].queuedBytes + length <= limits.queuedBytesPerSession)
        }
    }
}
