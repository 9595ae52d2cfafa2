import MQTTPackets

extension BrokerEngine {
    /// Whether a retained message has a place: its topic has one already, or there are fewer than ``EngineLimits/retainedMessages``.
    ///
    /// With as many more before it as `others` says.
    mutating func hasRoomForRetained(_ bytes: Span<UInt8>, _ view: PublishView, behind others: Int = 0) -> Bool {
        if view.payload.isEmpty || statistics.retainedMessages + others < limits.retainedMessages { return true }
        guard let node = retainedTopics.find(bytes.extracting(view.topic)) else { return false }
        return Int(node) < retainedMessages.count && retainedMessages[Int(node)] >= 0
    }

    /// Puts a message in the place of the retained one of its topic, or clears it (MQTT 5.0 §3.3.1.3).
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - isSystem: Whether it is a `$SYS` report.
    ///   - isCleared: Whether it has no payload.
    ///   - publisher: The session that published it; negative for none.
    /// - Returns: Whether that was written to the journal here; a message that is kept is written by the caller.
    mutating func setRetained(_ message: Int32, isSystem: Bool, isCleared: Bool, by publisher: Int32) -> Bool {
        setRetained(message, isSystem: isSystem, isCleared: isCleared, publisher: publisherHash(of: publisher))
    }

    /// The same; `publisher` as ``publisherHash(of:)`` has it.
    mutating func setRetained(_ message: Int32, isSystem: Bool, isCleared: Bool, publisher: UInt64) -> Bool {
        let topic = messages.topic(of: message)
        if isCleared {
            guard clearRetained(topic), !isSystem, log.isOn else { return false }
            journalRetainedCleared(topic)
            return true
        }
        let node: Int32
        var old: Int32 = -1
        if let known = retainedTopics.find(topic.span), Int(known) < retainedMessages.count,
            retainedMessages[Int(known)] >= 0
        {
            node = known
            old = retainedMessages[Int(node)]
        } else {
            node = retainedTopics.insert(topic.span, wildcards: false)
            while retainedMessages.count <= Int(node) {
                retainedMessages.append(-1)
                retainedPublishers.append(0)
            }
            statistics.retainedMessages += 1
        }
        let oldPublisher = retainedPublishers[Int(node)]
        retainedMessages[Int(node)] = message
        retainedPublishers[Int(node)] = publisher
        messages.retain(message)
        if log.isOn, !isSystem, recovery == nil {
            let sequence = messages.slots[Int(message)].sequence
            log.replaced.append(
                .init(
                    page: log.open,
                    node: node,
                    old: old,
                    oldPublisher: oldPublisher,
                    new: message,
                    sequence: sequence
                )
            )
        } else if old >= 0 {
            releaseRetained(old)
        }
        return false
    }

    /// What a publisher is remembered by, so that No Local counts for what is retained too; 0 for nobody.
    ///
    /// Of the client identifier and not of the session, which may be another one by then ([MQTT-3.8.3-3]). It stands in the journal: the same for ever.
    mutating func publisherHash(of session: Int32) -> UInt64 {
        guard session >= 0 else { return 0 }
        let client = sessions[Int(session)].clientIdentifier
        let hash = EngineHash.mixed(EngineHash.add(client.span, client.indices, to: 0xCBF2_9CE4_8422_2325))
        return hash == 0 ? 1 : hash
    }

    /// Who published the retained message of a topic.
    func retainedPublisher(of message: Int32) -> UInt64 {
        guard let node = retainedTopics.find(messages.topic(of: message).span), Int(node) < retainedPublishers.count
        else { return 0 }
        return retainedPublishers[Int(node)]
    }

    private mutating func releaseRetained(_ message: Int32) {
        if recovery == nil { releaseMessage(message) } else { releaseRecovered(message) }
    }

    /// The pages up to one are durable: what was replaced there is gone for good.
    mutating func forgetReplaced(upTo page: UInt64) {
        let count = log.replaced.firstIndex { $0.page > page } ?? log.replaced.count
        guard count > 0 else { return }
        for index in 0..<count where log.replaced[index].old >= 0 { releaseMessage(log.replaced[index].old) }
        log.replaced.removeFirst(count)
    }

    /// The pages from one on could not be stored: retained messages that were refused give their places back.
    mutating func restoreReplaced(from page: UInt64) {
        while let last = log.replaced.last, last.page >= page {
            log.replaced.removeLast()
            let slot = messages.slots[Int(last.new)]
            guard slot.sequence == last.sequence, slot.isRefused, retainedMessages[Int(last.node)] == last.new else {
                if last.old >= 0 { releaseMessage(last.old) }
                continue
            }
            // The reference of the replacement is the place's from now on.
            retainedMessages[Int(last.node)] = last.old
            retainedPublishers[Int(last.node)] = last.oldPublisher
            if last.old < 0 {
                retainedTopics.remove(last.node)
                statistics.retainedMessages -= 1
            }
            releaseMessage(last.new)
        }
    }

    /// Takes the retained message of a topic away; true when there was one.
    mutating func clearRetained(_ topic: [UInt8]) -> Bool {
        guard let node = retainedTopics.find(topic.span), Int(node) < retainedMessages.count,
            retainedMessages[Int(node)] >= 0
        else { return false }
        releaseRetained(retainedMessages[Int(node)])
        retainedMessages[Int(node)] = -1
        retainedTopics.remove(node)
        statistics.retainedMessages -= 1
        return true
    }

    /// Whether a message is the retained one of its topic.
    mutating func isRetained(_ message: Int32) -> Bool {
        guard let node = retainedTopics.find(messages.topic(of: message).span), Int(node) < retainedMessages.count
        else { return false }
        return retainedMessages[Int(node)] == message
    }

    /// Queues the retained messages that a new subscription matches, with RETAIN set (MQTT 5.0 §3.3.1.3).
    mutating func sendRetained(for handle: Int32) {
        let subscription = subscriptions[Int(handle)]
        var found: [Int32] = []
        let own = subscription.noLocal ? publisherHash(of: subscription.session) : 0
        retainedTopics.matchTopics(subscription.filter.span) { node in
            guard Int(node) < retainedMessages.count, retainedMessages[Int(node)] >= 0 else { return }
            if own != 0, retainedPublishers[Int(node)] == own { return }
            found.append(retainedMessages[Int(node)])
        }
        found.sort { messages.slots[Int($0)].sequence < messages.slots[Int($1)].sequence }
        let identifiers = subscription.identifiers
        for message in found {
            if messages.slots[Int(message)].expiresAt <= now.milliseconds { continue }
            let qos = min(messages.slots[Int(message)].qos, subscription.qos)
            if qos == 0, !messages.slots[Int(message)].isHeld, hasRoomForAtMostOnce(of: subscription.session) {
                sendAtMostOnce(message, to: subscription.session, retain: true, identifiers: identifiers)
            } else {
                // Also those of QoS 0 that the output has no room for: there may be more of them than fit at once.
                queueRetained(message, for: subscription.session, qos: qos, identifiers: identifiers)
            }
        }
    }

    private mutating func queueRetained(_ retained: Int32, for session: Int32, qos: UInt8, identifiers: Int32) {
        let at = Int(session)
        let length = Int(messages.slots[Int(retained)].bodyLength)
        guard sessions[at].queue.pending < limits.queuedMessagesPerSession,
            sessions[at].queuedBytes + length <= limits.queuedBytesPerSession
        else {
            statistics.droppedQueueFull += 1
            return
        }
        // A full journal could not keep its packet identifier from being another message's after a crash.
        if qos == 2, log.isOn, sessions[at].isPersistent, !log.takesMessages {
            statistics.refused += 1
            return
        }
        // A persistent session gets a message of its own, so that a record in the journal never has to grow a receiver.
        let isDurable = qos > 0 && log.isOn && sessions[at].isPersistent && log.takesMessages
        let message = isDurable ? messages.duplicate(retained, sequence: nextSequence) : retained
        if isDurable { nextSequence += 1 }
        if isDurable, messages.slots[Int(message)].isHeld {
            let originPage = messages.slots[Int(retained)].page
            hold(message, originPage: originPage > 0 ? originPage : log.open)
            // While the page of the one it is a copy of may fail, it is refused with that one, whose publisher is told.
            messages.slots[Int(message)].isOwn = messages.slots[Int(retained)].isOwn
        }
        durableTargets.removeAll(keepingCapacity: true)
        durableGroups.removeAll(keepingCapacity: true)
        durableTargets.append(
            DurableTarget(
                session: session,
                position: sessions[at].queue.tail,
                qos: qos,
                retain: true,
                identifiers: identifiers
            )
        )
        identifierSets.retain(identifiers)
        sessions[at].queue.append(DeliveryEntry(message: message, identifiers: identifiers, qos: qos, retain: true))
        sessions[at].queuedBytes += length
        messages.retain(message)
        if isDurable { _ = journalStored(message, retained: false) }
        pumpLater(session: session)
    }
}
