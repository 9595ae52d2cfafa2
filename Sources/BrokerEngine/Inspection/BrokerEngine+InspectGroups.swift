/// Questions about shared groups.
extension BrokerEngine {
    /// Lists the shared groups that have members.
    ///
    /// - Parameters:
    ///   - cursor: What the page before gave; 0 for the first.
    ///   - limit: How many at most.
    /// - Returns: A page of them.
    package func inspectGroups(from cursor: UInt64, limit: Int) -> InspectionPage<InspectedGroup> {
        var page = InspectionPage<InspectedGroup>()
        var walk = InspectionCursor(cursor, end: groups.count, limit: limit, limits)
        while walk.isOpen {
            let members = groups[walk.place].members.count
            if members > 0 { page.items.append(inspected(group: walk.place)) }
            walk.pass(steps: 1 + min(members, limits.inspectedMembers), isListed: members > 0)
        }
        page.next = walk.next
        return page
    }

    /// Shows one shared group.
    ///
    /// - Parameter name: `$share/NAME/FILTER`.
    /// - Returns: The group; nil for none.
    package func inspectGroup(named name: [UInt8]) -> InspectedGroup? {
        groupByName[name].map { inspected(group: Int($0)) }
    }

    /// Lists the members of a shared group.
    ///
    /// - Parameters:
    ///   - name: `$share/NAME/FILTER`.
    ///   - cursor: What the page before gave; 0 for the first.
    ///   - limit: How many at most.
    /// - Returns: A page of them; empty for a group that there is not.
    package func inspectMembers(
        ofGroup name: [UInt8],
        from cursor: UInt64,
        limit: Int
    ) -> InspectionPage<InspectedMember> {
        var page = InspectionPage<InspectedMember>()
        guard let group = groupByName[name] else { return page }
        var walk = InspectionCursor(cursor, end: groups[Int(group)].members.count, limit: limit, limits)
        while walk.isOpen {
            page.items.append(inspected(groups[Int(group)].members[walk.place]))
            walk.pass(isListed: true)
        }
        page.next = walk.next
        return page
    }

    private func inspected(_ member: SharedGroup.Member) -> InspectedMember {
        let session = Int(member.session)
        return InspectedMember(
            clientIdentifier: String(decoding: sessions[session].clientIdentifier, as: UTF8.self),
            isConnected: sessions[session].connection >= 0,
            qos: subscriptions[Int(member.subscription)].qos,
            inflight: sessions[session].shared.count,
            receiveMaximum: room(of: member)
        )
    }

    private func inspected(group at: Int) -> InspectedGroup {
        InspectedGroup(
            name: String(decoding: groups[at].name, as: UTF8.self),
            members: groups[at].members.count,
            isDurable: groups[at].isDurable,
            queued: groups[at].queued,
            delayed: groups[at].delayed.count,
            queuedBytes: groups[at].queuedBytes,
            inflight: groups[at].inflight,
            oldestAge: oldestAge(ofGroup: at),
            redelivered: groups[at].redelivered,
            redistributed: groups[at].redistributed,
            capacity: groups[at].members.count > limits.inspectedMembers
                ? nil : groups[at].members.reduce(0) { $0 + (room(of: $1) ?? 0) }
        )
    }

    /// Seconds since the oldest message that a group could send now arrived; nil for none.
    func oldestAge(ofGroup at: Int) -> Int? {
        // Both are in the order in which their messages arrived.
        let returned = groups[at].returned.last.map { age(of: $0) }
        let waiting = groups[at].waiting.isEmpty ? nil : age(of: groups[at].waiting[0])
        return [returned, waiting].compactMap(\.self).max()
    }

    /// How many deliveries a member takes at one time; nil while it is away.
    private func room(of member: SharedGroup.Member) -> Int? {
        let connection = sessions[Int(member.session)].connection
        guard connection >= 0 else { return nil }
        return min(connections[Int(connection)].receiveMaximum, limits.inflightPerSession)
    }
}
