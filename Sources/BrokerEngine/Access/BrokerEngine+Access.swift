package import BrokerAccess
import MQTTPackets
import StateStore

/// Who may do what: the rules of ``AccessPolicy``, asked wherever something is asked for.
///
/// Without rules each question is one branch. With them a connection has its ``ConnectionAccess``, made when its CONNECT is granted, and remembers
/// the topics it was lately allowed to publish to: a steady stream asks no rule.
///
/// | asked for | refused with |
/// | --- | --- |
/// | CONNECT | CONNACK 0x87 (3.1.1: 5) |
/// | the will of a CONNECT | the same; asked again when it is due, under the rules of then: it is not sent |
/// | PUBLISH | PUBACK or PUBREC 0x87; QoS 0 is dropped; with 3.1.1 it is acknowledged and dropped ([MQTT-3.3.5-2] there), because a client that is cut off would send it again for ever |
/// | SUBSCRIBE | 0x87 in SUBACK for that filter, 0x80 with 3.1.1 |
/// | a request to the state store | `not authorized`, by key: GET, GETMANY, GETNEW and KEYNOTIFY ask to read, SET, DEL and VDEL to write; SCAN and WATCH show the keys that may be read |
/// | an operation of a commit | the commit is refused as `unauthorized`: CHECK asks to read, SET and DEL to write, PUBLISH to publish |
/// | the answers to requests | PUBACK 0x87: a response topic is below `clients/CLIENT/`, or one that the client may publish to |
///
/// The topics of requests themselves need no rule. What `$SYS` tells needs a rule to be subscribed to, as every topic does.
///
/// New rules, and the rules at the moment of a CONNECT, count for what a session is subscribed to already: what is no longer allowed is removed, and
/// with it what waits for the session because of it and was not sent. Sessions without a connection are looked at when their client comes.
extension BrokerEngine {
    /// Puts rules in force, or none: what is connected is looked at again at once.
    ///
    /// Call ``endTurn(at:)`` after it.
    ///
    /// - Parameters:
    ///   - policy: The rules; nil for none.
    ///   - time: Now.
    package mutating func setAccess(_ policy: AccessPolicy?, at time: EngineTime) {
        advance(to: time)
        self.policy = policy
        for connection in connections.indices where connections[connection].state == .connected {
            _ = renewAccess(of: connection)
        }
    }

    // MARK: Who it is

    /// Who the client of a connection is, if it proved it.
    func principal(of connection: Int) -> Principal? {
        let session = connections[connection].session
        return session >= 0 ? principals[session] : nil
    }

    /// Keeps who the client of a session is; nothing is kept of nobody in particular.
    mutating func remember(_ principal: Principal, of session: Int32) {
        let isNobody = principal.userName == nil && principal.attributes.isEmpty && principal.groups.isEmpty
        forgetPrincipal(of: session)
        guard !isNobody else { return }
        principals[session] = principal
        if let user = principal.userName { sessionsByUser[user, default: 0] += 1 }
    }

    /// A session is nobody's any more.
    mutating func forgetPrincipal(of session: Int32) {
        guard let user = principals.removeValue(forKey: session)?.userName, let count = sessionsByUser[user] else {
            return
        }
        sessionsByUser[user] = count > 1 ? count - 1 : nil
    }

    /// Whether a user has a session left for a client that has none of its own yet.
    func hasSessionLeft(_ principal: Principal, for session: Int32?) -> Bool {
        guard limits.sessionsPerUser > 0, let user = principal.userName else { return true }
        if let session, principals[session]?.userName == user { return true }
        return sessionsByUser[user, default: 0] < limits.sessionsPerUser
    }

    private func knownPrincipal(of session: Int32) -> Principal {
        let client = String(decoding: sessions[Int(session)].clientIdentifier, as: UTF8.self)
        return principals[session] ?? Principal(userName: nil, clientIdentifier: client)
    }

    // MARK: Connecting

    /// Whether the rules let a client in, with its will; rejects the CONNECT otherwise.
    mutating func mayConnect(_ principal: Principal, _ connect: Connect, _ connection: Int) -> Bool {
        guard let policy else { return true }
        let access = policy.access(for: principal)
        guard access.mayConnect else {
            note(.connect, principal, nil, on: connection)
            rejectConnect(connection, .notAuthorized, "the rules do not let this client in")
            return false
        }
        if let topic = connect.will.map({ Array($0.topic.utf8) }), !access.mayPublish(topic.span) {
            note(.will, principal, topic.span, on: connection)
            rejectConnect(connection, .notAuthorized, "the rules do not allow the will")
            return false
        }
        confine(connection, access)
        return true
    }

    private mutating func confine(_ connection: Int, _ access: ConnectionAccess?) {
        connections[connection].access = access
        connections[connection].isConfined = access != nil
        connections[connection].allowedTopics.removeAll()
    }

    /// Asks the rules again what a connected client may do.
    ///
    /// - Returns: Whether it is still connected.
    mutating func renewAccess(of connection: Int) -> Bool {
        guard let policy else {
            confine(connection, nil)
            return true
        }
        let session = connections[connection].session
        let access = policy.access(for: knownPrincipal(of: session))
        guard access.mayConnect else {
            noteRefusal(.connect, on: connection)
            disconnect(connection, .notAuthorized, "the rules do not let this client in any more")
            leave(connection, isNormal: false)
            return false
        }
        confine(connection, access)
        reviewSubscriptions(of: session, access)
        return true
    }

    /// Whether a will that is due may be sent: asked again, because the rules may be others than at CONNECT.
    ///
    /// After a restart nobody knows who the client was: what was allowed at CONNECT stays so.
    mutating func maySendWill(of session: Int32, to topic: Span<UInt8>) -> Bool {
        guard let policy, sessions[Int(session)].wasAttached else { return true }
        let principal = knownPrincipal(of: session)
        if policy.access(for: principal).mayPublish(topic) { return true }
        note(.will, principal, topic)
        return false
    }

    // MARK: Messages

    /// Whether a client may publish to a topic.
    @inline(__always)
    mutating func mayPublish(_ topic: Span<UInt8>, on connection: Int) -> Bool {
        guard connections[connection].isConfined else { return true }
        return connections[connection].allowedTopics.contains(topic) || asksToPublish(topic, on: connection)
    }

    private mutating func asksToPublish(_ topic: Span<UInt8>, on connection: Int) -> Bool {
        guard let access = connections[connection].access, access.mayPublish(topic) else {
            noteRefusal(.publish, on: connection, topic)
            return false
        }
        connections[connection].allowedTopics.insert(topic, limit: limits.rememberedTopics)
        return true
    }

    /// Whether a client may subscribe to a filter.
    mutating func maySubscribe(_ filter: Span<UInt8>, on connection: Int) -> Bool {
        guard let access = connections[connection].access, !access.maySubscribe(filter) else { return true }
        noteRefusal(.subscribe, on: connection, filter)
        return false
    }

    /// Removes the subscriptions of a session that the rules do not allow, and what waits because of them and was not sent.
    mutating func reviewSubscriptions(of session: Int32, _ access: ConnectionAccess) {
        let at = Int(session)
        var isAnyGone = false
        for handle in sessions[at].subscriptions.values.sorted() {
            let subscription = subscriptions[Int(handle)]
            guard !access.maySubscribe(subscription.filter.span) else { continue }
            note(.subscription, knownPrincipal(of: session), subscription.filter.span)
            if subscription.fact.isWritten { sessions[at].changedOn = log.open }
            if subscription.group < 0 { isAnyGone = true }
            journalUnsubscribed(handle)
            removeSubscription(handle)
        }
        if isAnyGone { dropUnentitled(of: session) }
    }

    /// What was not sent yet and that no subscription of the session asks for is not sent any more.
    private mutating func dropUnentitled(of session: Int32) {
        let at = Int(session)
        var isWanted: [[UInt8]: Bool] = [:]
        let notices = Array(StateStore.reservedPrefix.utf8)
        var position = sessions[at].queue.next
        while position < sessions[at].queue.tail {
            defer { position += 1 }
            let entry = sessions[at].queue[position]
            // A handshake that may have begun goes on; what a group pinned to the session is no ordinary subscription's.
            guard !entry.isDone, !entry.mayHaveBegun, !sessions[at].pins.contains(where: { $0.position == position })
            else { continue }
            let topic = messages.topic(of: entry.message)
            let isKept = isWanted[topic] ?? (topic.starts(with: notices) || isSubscribed(session, to: topic))
            isWanted[topic] = isKept
            if !isKept { finish(position, of: session) }
        }
    }

    private func isSubscribed(_ session: Int32, to topic: [UInt8]) -> Bool {
        var isFound = false
        filters.matchFilters(topic.span) { node in
            guard Int(node) < filterValues.count else { return }
            for handle in filterValues[Int(node)].subscriptions where subscriptions[Int(handle)].session == session {
                isFound = true
            }
        }
        return isFound
    }
}
