import MQTTPackets

/// Questions about subscriptions.
extension BrokerEngine {
    /// Lists subscriptions.
    ///
    /// Those of one client cost what the client has, up to ``EngineLimits/subscriptionsPerSession``; otherwise all places are walked over.
    ///
    /// - Parameters:
    ///   - question: Which ones.
    ///   - cursor: What the page before gave; 0 for the first.
    ///   - limit: How many at most.
    /// - Returns: A page of them; empty for a client that there is not.
    package func inspectSubscriptions(
        _ question: SubscriptionQuestion,
        from cursor: UInt64,
        limit: Int
    ) -> InspectionPage<InspectedSubscription> {
        if let client = question.client { return inspectSubscriptions(of: client, question, from: cursor, limit) }
        var page = InspectionPage<InspectedSubscription>()
        var walk = InspectionCursor(cursor, end: subscriptions.count, limit: limit, limits)
        while walk.isOpen {
            let isListed = isAsked(walk.place, question)
            if isListed { page.items.append(inspected(subscription: walk.place)) }
            walk.pass(isListed: isListed)
        }
        page.next = walk.next
        return page
    }

    private func inspectSubscriptions(
        of client: [UInt8],
        _ question: SubscriptionQuestion,
        from cursor: UInt64,
        _ limit: Int
    ) -> InspectionPage<InspectedSubscription> {
        var page = InspectionPage<InspectedSubscription>()
        guard let session = sessionByClient[client] else { return page }
        let handles = sessions[Int(session)].subscriptions.values.filter { UInt64($0) >= cursor }.sorted()
        var walk = InspectionCursor(0, end: handles.count, limit: limit, limits)
        while walk.isOpen {
            let handle = Int(handles[walk.place])
            let isListed = isAsked(handle, question)
            if isListed { page.items.append(inspected(subscription: handle)) }
            walk.pass(isListed: isListed)
        }
        page.next = walk.next.map { UInt64(handles[Int($0)]) }
        return page
    }

    private func isAsked(_ handle: Int, _ question: SubscriptionQuestion) -> Bool {
        guard subscriptions[handle].session >= 0 else { return false }
        let filter = subscriptions[handle].filter
        if let within = question.within, !within.matches(topic: Self.plain(filter).span) { return false }
        guard let topic = question.topic else { return true }
        return (try? TopicFilter(String(decoding: filter, as: UTF8.self)))?.matches(topic: topic.span) ?? false
    }

    /// A filter without `$share/NAME/`.
    private static func plain(_ filter: [UInt8]) -> [UInt8] {
        guard let share = share(of: filter) else { return filter }
        return Array(filter.dropFirst("$share/".utf8.count + share.utf8.count + 1))
    }

    private func inspected(subscription handle: Int) -> InspectedSubscription {
        let subscription = subscriptions[handle]
        let client = sessions[Int(subscription.session)].clientIdentifier
        return InspectedSubscription(
            clientIdentifier: String(decoding: client, as: UTF8.self),
            filter: String(decoding: subscription.filter, as: UTF8.self),
            qos: subscription.qos,
            noLocal: subscription.noLocal,
            retainAsPublished: subscription.retainAsPublished,
            identifier: subscription.identifier == 0 ? nil : subscription.identifier,
            isShared: subscription.group >= 0
        )
    }
}
