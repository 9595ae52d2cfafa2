import MQTTPackets
import StateStore

/// What those are told who watch keys, and how what waits for a page leaves.
extension BrokerEngine {
    /// Tells who watches a key that it changed; not before its page is durable.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - version: The version of the change.
    ///   - handle: The key, unless it was removed.
    ///   - requester: Who changed it: as one who watches a prefix it is not told.
    ///   - page: The page of the change; 0 for none.
    mutating func tell(
        _ key: Span<UInt8>,
        version: StateVersion,
        handle: StateHandle?,
        by requester: Requester?,
        after page: UInt64
    ) {
        var watchers: [StateClient] = []
        state.forEachWatcher(of: key) { watchers.append($0) }
        if !watchers.isEmpty {
            var payload: [UInt8] = []
            var properties: [UInt8] = []
            if let handle {
                state.withValue(of: handle) { StateNotification.append(set: $0, to: &payload) }
            } else {
                StateNotification.appendDelete(to: &payload)
            }
            StateNotification.appendProperties(version: version, to: &properties)
            for watcher in watchers where mayHear(Int32(watcher.number), of: key) {
                notify(watcher, key, payload, properties, after: page)
            }
        }
        guard state.hasPrefixWatches else { return }
        watchers.removeAll()
        state.forEachPrefixWatcher(of: key) { watchers.append($0) }
        for watcher in watchers where watcher != requester?.number {
            guard mayHear(Int32(watcher.number), of: key), let receiver = receiver(watcher) else { continue }
            var copy: [UInt8] = []
            copy.append(span: key)
            outbox.changes.append(
                .init(page: page, receiver: receiver, key: copy, version: handle == nil ? nil : version)
            )
        }
    }

    private mutating func notify(
        _ watcher: StateClient,
        _ key: Span<UInt8>,
        _ payload: [UInt8],
        _ properties: [UInt8],
        after page: UInt64
    ) {
        guard let receiver = receiver(watcher) else { return }
        var topic: [UInt8] = []
        let client = sessions[Int(watcher.number)].clientIdentifier
        StateNotification.appendTopic(client: client.span, key: key, to: &topic)
        let packet = PacketBuilder.append(
            topic: topic.span,
            properties: properties.span,
            payload: payload.span,
            to: &outbox.bytes
        )
        guard let packet else { return }
        outbox.entries.append(.init(page: page, receiver: receiver, packet: packet, qos: 1))
    }

    private mutating func receiver(_ watcher: StateClient) -> Outbox.Receiver? {
        let session = Int(watcher.number)
        guard sessions[session].connection >= 0 else { return nil }
        return .session(watcher.number, id: sessions[session].id)
    }

    // MARK: Leaving

    /// Sends what waited for pages that are durable.
    mutating func flushOutbox() {
        guard !outbox.isEmpty else { return }
        gatherChanges()
        var entries: [Outbox.Entry] = []
        swap(&entries, &outbox.entries)
        var bytes: [UInt8] = []
        swap(&bytes, &outbox.bytes)
        var kept: [Outbox.Entry] = []
        for entry in entries {
            if entry.page > log.durable { kept.append(entry) } else { send(entry, of: bytes.span) }
        }
        if kept.isEmpty {
            entries.removeAll(keepingCapacity: true)
            bytes.removeAll(keepingCapacity: true)
        } else if kept.count == entries.count {
            entries = kept
        } else {
            // What is left moves to the front.
            var rest: [UInt8] = []
            for index in kept.indices {
                let start = rest.count
                rest.append(span: bytes.span.extracting(kept[index].packet))
                kept[index].packet = start..<rest.count
            }
            (entries, bytes) = (kept, rest)
        }
        swap(&entries, &outbox.entries)
        swap(&bytes, &outbox.bytes)
    }

    private mutating func send(_ entry: Outbox.Entry, of bytes: Span<UInt8>) {
        let packet = bytes.extracting(entry.packet)
        guard let header = try? FixedHeader.parse(packet, from: 0, limits: limits.packet),
            let view = try? PublishView.parse(packet, packetAt: 0, header: header, version: .v5, limits: limits.packet)
        else {
            statistics.answersDropped += 1
            return
        }
        switch entry.receiver {
        case .subscribers:
            let routed = route(packet, view, qos: entry.qos, publisher: -1, origin: .answer)
            if case .accepted = routed { return }
            statistics.answersDropped += 1
        case .session(let session, let id):
            guard sessions[Int(session)].id == id else { return }
            deliverStraight(packet, view, qos: entry.qos, to: session)
        }
    }

    /// Hands a message to one session, whatever it is subscribed to.
    private mutating func deliverStraight(_ packet: Span<UInt8>, _ view: PublishView, qos: UInt8, to session: Int32) {
        guard messages.storedBytes + packet.count <= limits.storedBytes else {
            statistics.answersDropped += 1
            return
        }
        let parts = MessageParts(topic: view.topic, properties: view.properties, payload: view.payload, qos: qos)
        let message = messages.insert(sequence: nextSequence, bytes: packet, parts: parts)
        nextSequence += 1
        messages.slots[Int(message)].isOwn = true
        messages.retain(message)
        if qos == 0 {
            sendAtMostOnce(message, to: session, retain: false, identifiers: -1)
        } else {
            let target = MatchSet.Target(
                session: session,
                identifiers: -1,
                qos: qos,
                retainAsPublished: false,
                hasNoLocal: false
            )
            durableTargets.removeAll(keepingCapacity: true)
            if !enqueue(message, for: target, qos: qos, retain: false) { statistics.answersDropped += 1 }
        }
        releaseMessage(message)
    }

    /// Makes one notice a session of all changes whose page is durable.
    private mutating func gatherChanges() {
        guard !outbox.changes.isEmpty else { return }
        var due: [UInt64: (receiver: Outbox.Receiver, changes: [Outbox.Change])] = [:]
        var kept: [Outbox.Change] = []
        for change in outbox.changes {
            guard change.page <= log.durable, case .session(_, let id) = change.receiver else {
                kept.append(change)
                continue
            }
            due[id, default: (change.receiver, [])].changes.append(change)
        }
        outbox.changes = kept
        for (_, one) in due.sorted(by: { $0.key < $1.key }) { postChanges(one.changes, to: one.receiver) }
    }

    private mutating func postChanges(_ changes: [Outbox.Change], to receiver: Outbox.Receiver) {
        // A key that changed twice is told once, as it was last.
        var last: [[UInt8]: Int] = [:]
        for (index, change) in changes.enumerated() { last[change.key] = index }
        var payload: [UInt8] = []
        StateChanges.appendHeader(count: last.count, to: &payload)
        for index in last.values.sorted() {
            let key = changes[index].key
            StateChanges.append(key: key.span, version: changes[index].version, to: &payload)
        }
        let properties: [UInt8] = []
        let topic = Self.changedTopic
        let packet = PacketBuilder.append(
            topic: topic.span,
            properties: properties.span,
            payload: payload.span,
            to: &outbox.bytes
        )
        guard let packet else { return }
        outbox.entries.append(.init(page: 0, receiver: receiver, packet: packet, qos: 0))
    }

    private static let changedTopic = Array(StateStore.changedTopic.utf8)
}
