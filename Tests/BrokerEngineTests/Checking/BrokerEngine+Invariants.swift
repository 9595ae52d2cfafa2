import Journal
import NIOCore

@testable import BrokerEngine
@testable import StateStore

/// What must hold between any two calls of the engine.
extension BrokerEngine {
    /// What does not hold, in words; empty when all is well.
    ///
    /// Call it after a turn.
    mutating func brokenInvariants() -> [String] {
        var broken: [String] = []
        checkMessages(&broken)
        checkSessions(&broken)
        checkGroups(&broken)
        checkPages(&broken)
        checkIdentifierSets(&broken)
        checkConnections(&broken)
        checkCounts(&broken)
        checkProgress(&broken)
        return broken
    }

    private func checkMessages(_ broken: inout [String]) {
        var references: [Int32: Int32] = [:]
        var groupReferences: [Int32: Int32] = [:]
        for session in sessions {
            for entry in session.queue.entries { references[entry.message, default: 0] += 1 }
            for slot in session.shared.slots where slot.group >= 0 {
                references[slot.message, default: 0] += 1
                groupReferences[slot.message, default: 0] += 1
            }
        }
        for group in groups {
            for message in group.kept {
                references[message, default: 0] += 1
                groupReferences[message, default: 0] += 1
            }
        }
        for copy in heldCopies { references[copy.message, default: 0] += 1 }
        for message in retainedMessages where message >= 0 { references[message, default: 0] += 1 }
        for one in log.replaced where one.old >= 0 { references[one.old, default: 0] += 1 }
        var count = 0
        var bytes = 0
        var live: [Int32: Int32] = [:]
        for (index, slot) in messages.slots.enumerated() {
            let expected = references[Int32(index)] ?? 0
            if slot.references != expected {
                broken.append("message \(index) has \(slot.references) references, \(expected) were found")
            }
            if slot.groupReferences != groupReferences[Int32(index)] ?? 0 {
                broken.append("message \(index) has \(slot.groupReferences) references of groups")
            }
            guard slot.references > 0 else { continue }
            count += 1
            bytes += Int(slot.bodyLength)
            live[slot.chunk, default: 0] += 1
            if slot.sequence == 0 || slot.sequence >= nextSequence {
                broken.append("message \(index) has the sequence \(slot.sequence)")
            }
        }
        if messages.count != count { broken.append("\(messages.count) messages counted, \(count) found") }
        if messages.storedBytes != bytes { broken.append("\(messages.storedBytes) bytes counted, \(bytes) found") }
        for (index, chunk) in messages.chunks.enumerated() where chunk.live != live[Int32(index)] ?? 0 {
            broken.append("chunk \(index) has \(chunk.live) live messages, \(live[Int32(index)] ?? 0) found")
        }
    }

    private func checkSessions(_ broken: inout [String]) {
        for (index, session) in sessions.enumerated() {
            let name = "session \(index)"
            let queued = session.queue.entries.reduce(0) { $0 + Int(messages.slots[Int($1.message)].bodyLength) }
            if session.queuedBytes != queued { broken.append("\(name): \(session.queuedBytes) bytes, \(queued) found") }
            if session.queue.pending != session.queue.entries.count { broken.append("\(name): pending") }
            let inflight = session.queue.entries.count { $0.isInflight } + session.queue.committed
            if session.connection >= 0, session.ownInflight != inflight {
                broken.append("\(name): \(session.ownInflight) in flight, \(inflight) found")
            }
            if session.shared.count != session.shared.slots.count(where: { $0.group >= 0 || $0.isCommitted }) {
                broken.append("\(name): shared in flight")
            }
            if session.connection < 0, session.shared.count > 0 { broken.append("\(name): holds deliveries, is away") }
            let isFree = freeSessions.contains(Int32(index)) || endedSessions.contains(Int32(index))
            if isFree != (session.id == 0) { broken.append("\(name): free, or not") }
            guard session.id != 0 else { continue }
            if sessionByID[session.id] != Int32(index) { broken.append("\(name): not found by its identity") }
            if sessionByClient[session.clientIdentifier] != Int32(index) { broken.append("\(name): not found by name") }
            if log.isOn, session.isPersistent != session.fact.isWritten { broken.append("\(name): not journaled") }
            for receipt in session.received.receipts where log.isOn && session.isPersistent != receipt.fact.isWritten {
                broken.append("\(name): identifier \(receipt.identifier) not journaled")
            }
            if session.received.count != session.received.receipts.count { broken.append("\(name): identifiers") }
            for receipt in session.received.receipts where session.received[receipt.identifier] == nil {
                broken.append("\(name): identifier \(receipt.identifier) is not found")
            }
            if session.connection >= 0, connections[Int(session.connection)].session != Int32(index) {
                broken.append("\(name): its connection does not know it")
            }
            for (filter, handle) in session.subscriptions {
                let subscription = subscriptions[Int(handle)]
                if subscription.filter != filter || subscription.session != Int32(index) {
                    broken.append("\(name): subscription \(handle) is not its own")
                }
                if log.isOn, subscription.fact.isWritten != session.isPersistent {
                    broken.append("\(name): subscription \(handle) not journaled")
                }
                let value = filterValues[Int(subscription.node)]
                let hangs =
                    subscription.group >= 0
                    ? value.groups.contains(subscription.group) : value.subscriptions.contains(handle)
                if !hangs { broken.append("\(name): subscription \(handle) does not hang in the tree") }
            }
        }
    }

    private func checkGroups(_ broken: inout [String]) {
        var inflight: [Int32: Int] = [:]
        for session in sessions {
            for slot in session.shared.slots where slot.group >= 0 { inflight[slot.group, default: 0] += 1 }
        }
        for (index, group) in groups.enumerated() {
            let name = "group \(index)"
            if group.inflight != inflight[Int32(index)] ?? 0 { broken.append("\(name): \(group.inflight) in flight") }
            let bytes = group.kept.reduce(0) { $0 + Int(messages.slots[Int($1)].bodyLength) }
            if group.queuedBytes != bytes { broken.append("\(name): \(group.queuedBytes) bytes, \(bytes) found") }
            // What was put off may come before older ones that a restart put back into the line.
            for list in [group.returned.reversed(), (0..<group.waiting.count).map { group.waiting[$0] }] {
                let sequences = list.map { messages.slots[Int($0)].sequence }
                if sequences != sequences.sorted() { broken.append("\(name): out of order") }
            }
            let isFree = freeGroups.contains(Int32(index)) || endedGroups.contains(Int32(index))
            if isFree != (group.id == 0) { broken.append("\(name): free, or not") }
            guard group.id != 0 else { continue }
            if groupByID[group.id] != Int32(index) || groupByName[group.name] != Int32(index) {
                broken.append("\(name): not found")
            }
            if group.members.isEmpty, group.inflight == 0 || !group.isEmpty {
                broken.append("\(name): without members")
            }
            let persistent = group.members.count { sessions[Int($0.session)].isPersistent }
            if group.persistentMembers != persistent { broken.append("\(name): \(persistent) persistent members") }
            if log.isOn, group.fact.isWritten != group.isDurable { broken.append("\(name): not journaled") }
            if log.isOn, (group.durableFrom == .max) == group.isDurable { broken.append("\(name): durable from") }
            for member in group.members {
                let subscription = subscriptions[Int(member.subscription)]
                if subscription.session != member.session || subscription.group != Int32(index) {
                    broken.append("\(name): a member without its subscription")
                }
            }
        }
    }

    /// Where the journal has the keys of the state store.
    private var stateFacts: [FactPlace] {
        var facts: [FactPlace] = []
        var slot = state.oldest
        while slot != StateSlot.none {
            facts.append(FactPlace(state.place(of: StateHandle(slot))))
            slot = state.slots[slot].next
        }
        return facts
    }

    private func checkPages(_ broken: inout [String]) {
        guard log.isOn else { return }
        var facts: [FactPlace] = [started]
        facts += stateFacts
        for session in sessions { facts += session.received.receipts.map(\.fact) }
        facts += sessions.map(\.fact) + subscriptions.map(\.fact) + groups.map(\.fact) + messages.slots.map(\.fact)
        var live: [UInt64: Int] = [:]
        var bytes = 0
        for fact in facts where fact.isWritten {
            live[fact.page, default: 0] += 1
            bytes += fact.bytes
            if !log.holds(fact.page) { broken.append("a fact lives on page \(fact.page), which is gone") }
        }
        if log.liveBytes != bytes { broken.append("\(log.liveBytes) bytes of facts are alive, \(bytes) found") }
        var total = 0
        var page = log.firstPage
        while log.holds(page) {
            if log[page].live != live[page] ?? 0 {
                broken.append("page \(page) has \(log[page].live) live facts, \(live[page] ?? 0) found")
            }
            total += log[page].bytes
            page += 1
        }
        if log.totalBytes != total { broken.append("\(log.totalBytes) bytes of pages, \(total) found") }
    }

    private func checkIdentifierSets(_ broken: inout [String]) {
        var references: [Int32: Int32] = [:]
        for subscription in subscriptions where subscription.identifiers >= 0 {
            references[subscription.identifiers, default: 0] += 1
        }
        for session in sessions {
            for entry in session.queue.entries where entry.identifiers >= 0 {
                references[entry.identifiers, default: 0] += 1
            }
        }
        for entry in cache.entries {
            for target in entry.set.targets where target.identifiers >= 0 {
                references[target.identifiers, default: 0] += 1
            }
        }
        for (index, slot) in identifierSets.slots.enumerated() where slot.references != references[Int32(index)] ?? 0 {
            broken.append(
                "identifier set \(index) has \(slot.references) references, \(references[Int32(index)] ?? 0) found"
            )
        }
    }

    private func checkConnections(_ broken: inout [String]) {
        for (index, connection) in connections.enumerated() {
            let name = "connection \(index)"
            if connection.heldPublishes != connection.marks.reduce(0, { $0 + $1.publishes }) {
                broken.append("\(name): \(connection.heldPublishes) publishes held")
            }
            if connection.marks.last?.end ?? 0 != connection.held.count { broken.append("\(name): held bytes") }
            if connection.isHolder != holders.contains(Int32(index)) { broken.append("\(name): holder") }
            if !connection.marks.isEmpty, !connection.isHolder { broken.append("\(name): marks, no holder") }
            if connection.isDirty != dirty.contains(ConnectionHandle(Int32(index))) { broken.append("\(name): dirty") }
            if connection.session >= 0 {
                let session = sessions[Int(connection.session)]
                if session.connection != Int32(index) { broken.append("\(name): its session is elsewhere") }
                if connection.openHandshakes > session.received.count {
                    broken.append("\(name): \(connection.openHandshakes) handshakes, \(session.received.count) found")
                }
                if session.received.count > 0, !connection.mayHoldReceipts { broken.append("\(name): may hold") }
                let most = min(connection.receiveMaximum, limits.inflightPerSession)
                // PUBRELs of an earlier connection do not wait for room.
                let inflight = session.inflight - session.queue.entries.count { $0.isInflight && $0.isConfirmed }
                if inflight > most { broken.append("\(name): \(inflight) in flight of \(most)") }
            }
        }
        for mark in holders where !connections[Int(mark)].isHolder { broken.append("connection \(mark): no holder") }
    }

    /// Nothing waits for somebody who could be sent it now.
    private mutating func checkProgress(_ broken: inout [String]) {
        func hasRoom(_ index: Int) -> Bool {
            let session = sessions[index]
            guard session.connection >= 0 else { return false }
            let connection = connections[Int(session.connection)]
            return connection.takesDeliveries
                && session.inflight < min(connection.receiveMaximum, limits.inflightPerSession)
                && connection.output.readableBytes < limits.outputBytesPerConnection
        }
        /// Whether the first of what waits may not be seen yet.
        func mustWait(_ message: Int32?) -> Bool {
            guard let message, message >= 0 else { return false }
            let slot = messages.slots[Int(message)]
            return slot.isHeld || slot.isRefused || slot.page > log.durable
        }
        for (index, session) in sessions.enumerated() where session.queue.hasUnsent && hasRoom(index) {
            if session.isPagePending, mustWait(session.queue[session.queue.next].message) { continue }
            if session.queue.next - session.queue.head < DeliveryQueue.lastIdentifier {
                broken.append("session \(index): something waits though there is room")
            }
        }
        for (index, group) in groups.enumerated() where group.queued > 0 {
            if group.isPagePending, mustWait(first(of: Int32(index))) { continue }
            let takers = group.members.filter { member in
                guard hasRoom(Int(member.session)) else { return false }
                let connection = Int(sessions[Int(member.session)].connection)
                guard let message = first(of: Int32(index)), connections[connection].maximumPacketSize == .max else {
                    return false
                }
                return !isExactlyOnce(message, to: member)
                    || mayPin(message, of: Int32(index), to: member.session, connection)
            }
            if !takers.isEmpty {
                let names = takers.map { "session \($0.session)" }.joined(separator: ", ")
                let slot = first(of: Int32(index)).map { messages.slots[Int($0)] }
                broken.append(
                    "group \(index): something waits though \(names) has room: \(group.queued) of page \(slot?.page ?? 0), \(log.durable) is durable"
                )
            }
        }
    }

    private func checkCounts(_ broken: inout [String]) {
        let subscribed = subscriptions.count { $0.session >= 0 }
        if statistics.subscriptions != subscribed { broken.append("\(statistics.subscriptions) subscriptions") }
        if statistics.sessions != sessionByID.count { broken.append("\(statistics.sessions) sessions") }
        if statistics.retainedMessages != retainedMessages.count(where: { $0 >= 0 }) {
            broken.append("\(statistics.retainedMessages) retained messages")
        }
        if statistics.connectedClients != connections.count(where: { $0.session >= 0 }) {
            broken.append("\(statistics.connectedClients) connected clients")
        }
        if sessionByClient.count != sessionByID.count { broken.append("sessions by name and by identity") }
        for list in [pendingSessions.count, pendingGroups.count, endedSessions.count, endedGroups.count] where list > 0
        {
            broken.append("a list of the turn is not empty")
        }
    }
}

extension DeliveryQueue {
    /// The entries that are not done, in order.
    var entries: [DeliveryEntry] {
        (head..<tail).map { self[$0] }.filter { !$0.isDone }
    }
}

extension SharedGroup {
    /// What waits for the group, in the order in which it goes out.
    var messages: [Int32] {
        returned.reversed() + (0..<waiting.count).map { waiting[$0] }
    }

    /// What the group has and nobody holds, be it for its time.
    var kept: [Int32] { messages + delayed.keys }

    /// Whether anything of the group is left.
    var isEmpty: Bool {
        kept.isEmpty
    }
}
