import MQTTPackets

/// What an operator takes away. It is done as an acknowledgement or a cleared topic is, with the same facts: so it is as durable.
extension BrokerEngine {
    /// Begins to take messages away.
    ///
    /// - Parameter target: What is emptied of the messages that are there now.
    /// - Returns: The purge, to be done by ``purge(_:at:)``; nil for a session or a group that there is not.
    package func beginPurge(_ target: Purge.Target) -> Purge? {
        switch target {
        case .queue(let client):
            guard let session = sessionByClient[client] else { return nil }
            return Purge(target: target, bound: sessions[Int(session)].queue.tail, identity: sessions[Int(session)].id)
        case .group(let name):
            guard let group = groupByName[name] else { return nil }
            return Purge(target: target, bound: nextSequence, identity: groups[Int(group)].deliveryID)
        case .retained: return Purge(target: target, bound: UInt64(retainedMessages.count), identity: nextSequence)
        }
    }

    /// Takes away up to ``EngineLimits/purgedPerTurn`` messages; call ``endTurn(at:)`` after it, and it again until it is done.
    ///
    /// - Parameters:
    ///   - purge: What to do, and how far it is.
    ///   - time: Now.
    package mutating func purge(_ purge: inout Purge, at time: EngineTime) {
        advance(to: time)
        let before = purge.purged
        switch purge.target {
        case .queue(let client): purgeQueue(of: client, &purge)
        case .group(let name): purgeGroup(name, &purge)
        case .retained: purgeRetained(&purge)
        }
        statistics.purged += UInt64(purge.purged - before)
    }

    private mutating func purgeQueue(of client: [UInt8], _ purge: inout Purge) {
        guard let session = sessionByClient[client], sessions[Int(session)].id == purge.identity else {
            purge.isDone = true
            return
        }
        let at = Int(session)
        var steps = limits.purgedPerTurn
        purge.position = max(purge.position, sessions[at].queue.head)
        let end = min(purge.bound, sessions[at].queue.tail)
        while purge.position < end, steps > 0 {
            let entry = sessions[at].queue[purge.position]
            if !entry.isDone, !entry.isInflight, !entry.isConfirmed {
                count(entry.message, &purge)
                giveUp(purge.position, of: session)
            }
            purge.position += 1
            steps -= 1
        }
        purge.isDone = purge.position >= end
    }

    private mutating func purgeGroup(_ name: [UInt8], _ purge: inout Purge) {
        guard let group = groupByName[name], groups[Int(group)].deliveryID == purge.identity else {
            purge.isDone = true
            return
        }
        var steps = limits.purgedPerTurn
        while steps > 0, let message = first(of: group), messages.slots[Int(message)].sequence < purge.bound {
            count(message, &purge)
            takeFirst(of: group)
            finish(message, ofGroup: group)
            steps -= 1
        }
        guard steps > 0 else { return }
        // In the order of the table: what is left in the end does not depend on it, nor does the record.
        var some: [Int32] = []
        for message in groups[Int(group)].delayed.keys where messages.slots[Int(message)].sequence < purge.bound {
            some.append(message)
            if some.count == steps { break }
        }
        for message in some {
            count(message, &purge)
            groups[Int(group)].delayed[message] = nil
            groups[Int(group)].queuedBytes -= Int(messages.slots[Int(message)].bodyLength)
            finish(message, ofGroup: group)
        }
        purge.isDone = some.count < steps
    }

    private mutating func purgeRetained(_ purge: inout Purge) {
        guard case .retained(let filter) = purge.target else { return }
        var steps = limits.purgedPerTurn
        let end = min(purge.bound, UInt64(retainedMessages.count))
        while purge.position < end, steps > 0 {
            let message = retainedMessages[Int(purge.position)]
            purge.position += 1
            steps -= 1
            guard message >= 0, messages.slots[Int(message)].sequence < purge.identity else { continue }
            let topic = messages.topic(of: message)
            guard filter.matches(topic: topic.span), !isSystemTopic(topic.span) else { continue }
            count(message, &purge)
            if clearRetained(topic) { journalRetainedCleared(topic) }
        }
        purge.isDone = purge.position >= end
    }

    private func count(_ message: Int32, _ purge: inout Purge) {
        purge.purged += 1
        purge.bytes += Int(messages.slots[Int(message)].bodyLength)
    }
}
