/// Questions about deliveries in flight.
extension BrokerEngine {
    /// A cursor from here on goes through the deliveries of shared groups.
    private static let sharedCursor: UInt64 = 1 << 62

    /// Lists the deliveries of a session that are not acknowledged: its own, then those of shared groups.
    ///
    /// - Parameters:
    ///   - client: The client identifier.
    ///   - cursor: What the page before gave; 0 for the first.
    ///   - limit: How many at most.
    /// - Returns: A page of them; empty for a client that there is not.
    package func inspectInflight(
        of client: [UInt8],
        from cursor: UInt64,
        limit: Int
    ) -> InspectionPage<InspectedDelivery> {
        var page = InspectionPage<InspectedDelivery>()
        guard let session = sessionByClient[client].map(Int.init) else { return page }
        guard cursor < Self.sharedCursor else { return inspectShared(session, from: cursor - Self.sharedCursor, limit) }
        let queue = sessions[session].queue
        let first = max(cursor, queue.head)
        var walk = InspectionCursor(0, end: Int(clamping: queue.next) - Int(clamping: first), limit: limit, limits)
        while walk.isOpen {
            let position = first + UInt64(walk.place)
            let entry = queue[position]
            let isListed = entry.isInflight && !entry.isDone
            if isListed {
                page.items.append(inspected(entry.message, DeliveryQueue.identifier(of: position), group: nil))
            }
            walk.pass(isListed: isListed)
        }
        page.next = walk.next.map { first + $0 } ?? (sessions[session].shared.count > 0 ? Self.sharedCursor : nil)
        return page
    }

    private func inspectShared(
        _ session: Int,
        from cursor: UInt64,
        _ limit: Int
    ) -> InspectionPage<InspectedDelivery> {
        var page = InspectionPage<InspectedDelivery>()
        let slots = sessions[session].shared.slots
        var walk = InspectionCursor(cursor, end: slots.count, limit: limit, limits)
        while walk.isOpen {
            let slot = slots[walk.place]
            if slot.group >= 0 {
                let identifier = SharedWindow.firstIdentifier + UInt16(walk.place)
                page.items.append(inspected(slot.message, identifier, group: Int(slot.group)))
            }
            walk.pass(isListed: slot.group >= 0)
        }
        page.next = walk.next.map { Self.sharedCursor + $0 }
        return page
    }

    private func inspected(_ message: Int32, _ identifier: UInt16, group: Int?) -> InspectedDelivery {
        InspectedDelivery(
            packetIdentifier: identifier,
            topic: String(decoding: messages.topic(of: message), as: UTF8.self),
            payloadBytes: messages.slots[Int(message)].payloadLength,
            age: age(of: message),
            group: group.map { String(decoding: groups[$0].name, as: UTF8.self) }
        )
    }
}
