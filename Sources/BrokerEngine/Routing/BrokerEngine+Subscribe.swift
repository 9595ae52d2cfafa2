import MQTTPackets

extension BrokerEngine {
    /// SUBSCRIBE (MQTT 5.0 §3.8): each filter on its own, one reason each.
    mutating func receiveSubscribe(_ subscribe: Subscribe, on connection: Int) {
        let session = connections[connection].session
        if isInHandshake(subscribe.packetIdentifier, on: connection) {
            let reason =
                connections[connection].version == .v5 ? ReasonCode.packetIdentifierInUse : .unspecifiedError
            let reasons = Array(repeating: reason, count: subscribe.filters.count)
            let suback = SubAck(packetIdentifier: subscribe.packetIdentifier, reasonCodes: reasons)
            answer(.suback(suback), on: connection, after: 0)
            return
        }
        var reasons: [ReasonCode] = []
        var added: [(subscription: Int32, isNew: Bool, handling: RetainHandling)] = []
        var replayed = 0
        for wish in subscribe.filters {
            if isReplayTooLong(wish, &replayed) {
                reasons.append(connections[connection].version == .v5 ? .quotaExceeded : .unspecifiedError)
                continue
            }
            reasons.append(
                add(wish, identifier: subscribe.properties.subscriptionIdentifier ?? 0, to: session, &added)
            )
        }
        answer(
            .suback(SubAck(packetIdentifier: subscribe.packetIdentifier, reasonCodes: reasons)),
            on: connection,
            after: sessions[Int(session)].changedOn
        )
        for one in added where subscriptions[Int(one.subscription)].group < 0 {
            switch one.handling {
            case .sendAlways: sendRetained(for: one.subscription)
            case .sendIfNew: if one.isNew { sendRetained(for: one.subscription) }
            case .sendNever: break
            }
        }
    }

    /// Whether the retained messages for one filter more of a packet are too many; counts them.
    private mutating func isReplayTooLong(_ wish: SubscribeFilter, _ replayed: inout Int) -> Bool {
        guard statistics.retainedMessages > 0, wish.retainHandling != .sendNever else { return false }
        if replayed >= limits.retainedPerSubscribe { return true }
        var count = 0
        let isPlain = !wish.filter.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
        if isPlain {
            count = 1
        } else {
            retainedTopics.matchTopics(Array(wish.filter.utf8).span) { _ in count += 1 }
        }
        work &+= count
        // The first filter has no other way to get its own.
        defer { replayed += count }
        return replayed > 0 && replayed + count > limits.retainedPerSubscribe
    }

    private mutating func add(
        _ wish: SubscribeFilter,
        identifier: UInt32,
        to session: Int32,
        _ added: inout [(subscription: Int32, isNew: Bool, handling: RetainHandling)]
    ) -> ReasonCode {
        let parsed: TopicFilter
        do throws(PacketError) {
            parsed = try TopicFilter(wish.filter, limits: limits.packet)
        } catch {
            return connections[Int(sessions[Int(session)].connection)].version == .v5
                ? error.reasonCode : .unspecifiedError
        }
        let filter = Array(wish.filter.utf8)
        guard maySubscribe(filter.span, on: Int(sessions[Int(session)].connection)) else { return .notAuthorized }
        var subscription = Subscription()
        subscription.session = session
        subscription.filter = filter
        // Deliveries of a group to who commits are ended by commits, once, and handed on when their holder dies: QoS 2 would pin them to it.
        let isMartlet = connections[Int(sessions[Int(session)].connection)].isMartlet
        subscription.qos = min(wish.qos.rawValue, parsed.share != nil && isMartlet ? 1 : 2)
        subscription.noLocal = wish.noLocal
        subscription.retainAsPublished = wish.retainAsPublished
        subscription.identifier = identifier
        let isNew = sessions[Int(session)].subscriptions[filter] == nil
        if isNew {
            guard sessions[Int(session)].subscriptions.count < limits.subscriptionsPerSession,
                statistics.subscriptions < limits.subscriptions,
                sessions[Int(session)].subscriptionBytes + Self.cost(of: filter) <= limits.subscriptionBytesPerSession
            else { return .quotaExceeded }
        }
        if let known = sessions[Int(session)].subscriptions[filter], subscriptions[Int(known)].says(subscription) {
            // A client that subscribes again after each reconnect changes nothing, and writes nothing.
            added.append((known, false, wish.retainHandling))
            return ReasonCode(rawValue: subscription.qos)
        }
        let handle = put(subscription, share: parsed.share)
        journalSubscription(handle)
        if subscriptions[Int(handle)].fact.isWritten { sessions[Int(session)].changedOn = log.open }
        added.append((handle, isNew, wish.retainHandling))
        return ReasonCode(rawValue: subscription.qos)
    }

    /// Puts a subscription in, or in the place of the one with the same filter ([MQTT-3.8.4-3]).
    mutating func put(_ subscription: Subscription, share: String?) -> Int32 {
        generation += 1
        if let known = sessions[Int(subscription.session)].subscriptions[subscription.filter] {
            subscriptions[Int(known)].qos = subscription.qos
            subscriptions[Int(known)].noLocal = subscription.noLocal
            subscriptions[Int(known)].retainAsPublished = subscription.retainAsPublished
            setIdentifier(subscription.identifier, of: known)
            // What waited for room to be pinned at QoS 2 may go out at QoS 1 now.
            let group = subscriptions[Int(known)].group
            if group >= 0, groups[Int(group)].queued > 0 { pumpLater(group: group) }
            return known
        }
        var made = subscription
        let shareLength = share.map { "$share/".utf8.count + $0.utf8.count + 1 } ?? 0
        let path = Array(subscription.filter.dropFirst(shareLength))
        made.node = filters.insert(path.span, wildcards: true)
        while filterValues.count <= Int(made.node) { filterValues.append(FilterValue()) }
        let handle: Int32
        if let free = freeSubscriptions.popLast() {
            handle = free
            subscriptions[Int(handle)] = made
        } else {
            subscriptions.append(made)
            handle = Int32(subscriptions.count - 1)
        }
        setIdentifier(subscription.identifier, of: handle)
        if share != nil {
            subscriptions[Int(handle)].group = join(handle)
        } else {
            filterValues[Int(made.node)].subscriptions.append(handle)
        }
        sessions[Int(made.session)].subscriptions[made.filter] = handle
        sessions[Int(made.session)].subscriptionBytes += Self.cost(of: made.filter)
        statistics.subscriptions += 1
        return handle
    }

    /// What a filter takes in memory, about: its bytes, and a node of the tree a level.
    private static func cost(of filter: [UInt8]) -> Int {
        filter.count + 128 * (1 + filter.count { $0 == UInt8(ascii: "/") })
    }

    private mutating func setIdentifier(_ identifier: UInt32, of handle: Int32) {
        let old = subscriptions[Int(handle)].identifiers
        subscriptions[Int(handle)].identifier = identifier
        subscriptions[Int(handle)].identifiers = identifierSets.intern(identifier == 0 ? [] : [identifier])
        identifierSets.release(old)
    }

    /// Makes a session a member of the group its subscription names.
    private mutating func join(_ handle: Int32) -> Int32 {
        let subscription = subscriptions[Int(handle)]
        let group = groupByName[subscription.filter] ?? makeGroup(subscription.filter, id: nil)
        if groups[Int(group)].node < 0 {
            groups[Int(group)].node = subscription.node
            filterValues[Int(subscription.node)].groups.append(group)
        }
        groups[Int(group)].members.append(.init(session: subscription.session, subscription: handle))
        sessions[Int(subscription.session)].groups.append(group)
        if sessions[Int(subscription.session)].isPersistent {
            groups[Int(group)].persistentMembers += 1
            if !groups[Int(group)].fact.isWritten { journalGroup(group) }
        }
        if groups[Int(group)].queued > 0 { pumpLater(group: group) }
        return group
    }

    /// Makes a group; `id` only when it is read back from the journal.
    mutating func makeGroup(_ name: [UInt8], id: UInt64?) -> Int32 {
        var group = SharedGroup()
        group.id = id ?? nextGroupID
        nextGroupID = max(nextGroupID, group.id + 1)
        group.deliveryID = group.id
        group.name = name
        let handle: Int32
        if let free = freeGroups.popLast() {
            handle = free
            groups[Int(handle)] = group
        } else {
            groups.append(group)
            handle = Int32(groups.count - 1)
        }
        groupByName[name] = handle
        groupByID[group.id] = handle
        return handle
    }

    /// UNSUBSCRIBE (MQTT 5.0 §3.10).
    mutating func receiveUnsubscribe(_ unsubscribe: Unsubscribe, on connection: Int) {
        let session = connections[connection].session
        if isInHandshake(unsubscribe.packetIdentifier, on: connection) {
            guard connections[connection].version == .v5 else {
                let message = "packet identifier \(unsubscribe.packetIdentifier) is in use by a QoS 2 message"
                refuse(connection, PacketError(reasonCode: .protocolError, message: message))
                return
            }
            let reasons = Array(repeating: ReasonCode.packetIdentifierInUse, count: unsubscribe.filters.count)
            let unsuback = UnsubAck(packetIdentifier: unsubscribe.packetIdentifier, reasonCodes: reasons)
            answer(.unsuback(unsuback), on: connection, after: 0)
            return
        }
        var reasons: [ReasonCode] = []
        for filter in unsubscribe.filters {
            let bytes = Array(filter.utf8)
            guard let subscription = sessions[Int(session)].subscriptions[bytes] else {
                reasons.append(
                    (try? TopicFilter(filter, limits: limits.packet)) == nil
                        ? .topicFilterInvalid : .noSubscriptionExisted
                )
                continue
            }
            if subscriptions[Int(subscription)].fact.isWritten { sessions[Int(session)].changedOn = log.open }
            journalUnsubscribed(subscription)
            removeSubscription(subscription)
            reasons.append(.success)
        }
        answer(
            .unsuback(UnsubAck(packetIdentifier: unsubscribe.packetIdentifier, reasonCodes: reasons)),
            on: connection,
            after: sessions[Int(session)].changedOn
        )
    }

    /// Takes a subscription out.
    ///
    /// What its session has in flight stays there until it is acknowledged or the connection ends, also of a shared one
    /// ([MQTT-3.10.4-3]): so a worker that stops taking can finish what it holds.
    mutating func removeSubscription(_ handle: Int32) {
        generation += 1
        let subscription = subscriptions[Int(handle)]
        let session = Int(subscription.session)
        if subscription.fact.isWritten { log.died(subscription.fact) }
        sessions[session].subscriptions[subscription.filter] = nil
        sessions[session].subscriptionBytes -= Self.cost(of: subscription.filter)
        if subscription.group >= 0 {
            leaveGroup(subscription.group, session: subscription.session)
        } else {
            filterValues[Int(subscription.node)].subscriptions.removeAll { $0 == handle }
        }
        filters.remove(subscription.node)
        identifierSets.release(subscription.identifiers)
        subscriptions[Int(handle)] = Subscription()
        freeSubscriptions.append(handle)
        statistics.subscriptions -= 1
    }

    private mutating func leaveGroup(_ group: Int32, session: Int32) {
        let at = Int(group)
        if let index = groups[at].members.firstIndex(where: { $0.session == session }) {
            groups[at].members.remove(at: index)
            // The round goes on where it was.
            if index < groups[at].cursor { groups[at].cursor -= 1 }
        }
        sessions[Int(session)].groups.removeAll { $0 == group }
        if sessions[Int(session)].isPersistent {
            groups[at].persistentMembers -= 1
            if groups[at].persistentMembers == 0 { journalGroupEnded(group) }
        }
        if groups[at].members.isEmpty {
            empty(group)
        } else if groups[at].queued > 0 {
            // What only the one that left could take is too large for all now.
            pumpLater(group: group)
        }
    }

    /// The last member of a group is gone, and with it what waited.
    mutating func empty(_ group: Int32) {
        let at = Int(group)
        while let message = groups[at].waiting.popFirst() { release(message, ofGroup: group) }
        for message in groups[at].returned { release(message, ofGroup: group) }
        for message in groups[at].delayed.keys.sorted() { release(message, ofGroup: group) }
        groups[at].returned = []
        groups[at].delayed = [:]
        groups[at].queuedBytes = 0
        if groups[at].node >= 0 { filterValues[Int(groups[at].node)].groups.removeAll { $0 == group } }
        groups[at].node = -1
        removeGroupIfDone(group)
    }

    /// Frees a group that has neither members nor deliveries in flight any more.
    mutating func removeGroupIfDone(_ group: Int32) {
        let at = Int(group)
        guard groups[at].members.isEmpty, groups[at].inflight == 0 else { return }
        if groupByName[groups[at].name] == group { groupByName[groups[at].name] = nil }
        groupByID[groups[at].id] = nil
        let wasPending = (groups[at].isPumpPending, groups[at].isAcknowledgementPending)
        groups[at] = SharedGroup()
        groups[at].isPumpPending = wasPending.0
        groups[at].isAcknowledgementPending = wasPending.1
        if wasPending.0 || wasPending.1 { endedGroups.append(group) } else { freeGroups.append(group) }
    }
}
