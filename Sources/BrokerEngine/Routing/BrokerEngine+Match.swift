import MQTTPackets

extension BrokerEngine {
    /// The cache entry with the match set of a topic, made where it is missing or old.
    mutating func matchIndex(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        let topic = bytes.extracting(range)
        let hash = cache.hash(topic)
        let index = cache.index(hash)
        if cache.holds(index, hash: hash, topic: topic, generation: generation) { return index }
        fill(index, hash: hash, topic: topic)
        return index
    }

    private mutating func fill(_ index: Int, hash: UInt64, topic: Span<UInt8>) {
        for target in cache.entries[index].set.targets { identifierSets.release(target.identifiers) }
        cache.entries[index].set = makeMatchSet(topic)
        cache.entries[index].topic.removeAll(keepingCapacity: topic.count <= MatchCache.longestTopic)
        if topic.count <= MatchCache.longestTopic {
            cache.entries[index].topic.append(span: topic)
            cache.entries[index].hash = hash
            cache.entries[index].generation = generation
        } else {
            // Usable for this message only.
            cache.entries[index].generation = 0
        }
    }

    /// Subscriptions of one session that match the same topic become one delivery with the highest QoS and all identifiers (MQTT 5.0 §3.3.4).
    private mutating func makeMatchSet(_ topic: Span<UInt8>) -> MatchSet {
        var set = MatchSet()
        var matched: [Int32] = []
        let looked = filters.matchFilters(topic) { node in
            guard Int(node) < filterValues.count else { return }
            matched.append(contentsOf: filterValues[Int(node)].subscriptions)
            set.groups.append(contentsOf: filterValues[Int(node)].groups)
        }
        work &+= looked + matched.count
        matched.sort { subscriptions[Int($0)].session < subscriptions[Int($1)].session }
        var start = 0
        while start < matched.count {
            let session = subscriptions[Int(matched[start])].session
            var end = start + 1
            while end < matched.count, subscriptions[Int(matched[end])].session == session { end += 1 }
            if let target = merge(matched[start..<end], of: session) { set.targets.append(target) }
            start = end
        }
        return set
    }

    private mutating func merge(_ matched: ArraySlice<Int32>, of session: Int32) -> MatchSet.Target? {
        guard !matched.isEmpty else { return nil }
        var target = MatchSet.Target(
            session: session,
            identifiers: -1,
            qos: 0,
            retainAsPublished: false,
            hasNoLocal: false
        )
        var identifiers: [UInt32] = []
        for handle in matched {
            let subscription = subscriptions[Int(handle)]
            target.qos = max(target.qos, subscription.qos)
            target.retainAsPublished = target.retainAsPublished || subscription.retainAsPublished
            target.hasNoLocal = target.hasNoLocal || subscription.noLocal
            if subscription.identifier != 0 { identifiers.append(subscription.identifier) }
        }
        // Their order means nothing; one order makes one set of them.
        identifiers.sort()
        if identifiers.count > 1, identifierSets.count >= limits.identifierSets {
            identifiers.removeLast(identifiers.count - 1)
        }
        target.identifiers = identifierSets.intern(identifiers)
        return target
    }

    /// The publisher's own target without its subscriptions that say no local ([MQTT-3.8.3-3]); nil when none is left.
    mutating func localTarget(_ target: MatchSet.Target, _ message: Int32) -> MatchSet.Target? {
        let topic = messages.topic(of: message)
        var matched: [Int32] = []
        filters.matchFilters(topic.span) { node in
            guard Int(node) < filterValues.count else { return }
            for handle in filterValues[Int(node)].subscriptions
            where subscriptions[Int(handle)].session == target.session && !subscriptions[Int(handle)].noLocal {
                matched.append(handle)
            }
        }
        // The caller gives its reference to the identifiers back when the copy is queued.
        return merge(matched[...], of: target.session)
    }
}
