package import BrokerAccess
import MQTTPackets

/// Who may do what: the rules of ``AccessPolicy`` at the places where something is asked for.
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

    /// What was refused since the last call, for the audit log; at most ``EngineLimits/refusals``, the rest is only counted
    /// (``EngineStatistics/accessRefused``, ``EngineStatistics/authenticationsRefused``).
    package mutating func takeRefusals() -> [AccessRefusal] {
        guard !refusals.isEmpty else { return [] }
        var taken: [AccessRefusal] = []
        swap(&taken, &refusals)
        return taken
    }

    /// Who the client of a connection is.
    func principal(of connection: Int) -> Principal? {
        let session = connections[connection].session
        return session >= 0 ? principals[session] : nil
    }

    /// Keeps who the client of a session is; nothing is kept of nobody in particular.
    mutating func remember(_ principal: Principal, of session: Int32) {
        let isNobody = principal.userName == nil && principal.attributes.isEmpty && principal.groups.isEmpty
        principals[session] = isNobody ? nil : principal
    }

    /// Whether the rules let a client in, with its will; rejects the CONNECT otherwise.
    mutating func mayConnect(_ principal: Principal, _ connect: Connect, _ connection: Int) -> Bool {
        guard let policy else { return true }
        let access = policy.access(for: principal)
        guard access.mayConnect else {
            note(
                .init(
                    action: .connect,
                    clientIdentifier: principal.clientIdentifier,
                    userName: principal.userName,
                    connection: Int32(connection)
                )
            )
            rejectConnect(connection, .notAuthorized, "the rules do not let this client in")
            return false
        }
        connections[connection].access = access
        return true
    }

    /// Asks the rules again what a connected client may do.
    ///
    /// - Returns: Whether it is still connected.
    mutating func renewAccess(of connection: Int) -> Bool {
        guard let policy else {
            connections[connection].access = nil
            return true
        }
        let session = connections[connection].session
        let client = String(decoding: sessions[Int(session)].clientIdentifier, as: UTF8.self)
        let principal = principals[session] ?? Principal(userName: nil, clientIdentifier: client)
        let access = policy.access(for: principal)
        guard access.mayConnect else {
            noteRefusal(.connect, on: connection)
            disconnect(connection, .notAuthorized, "the rules do not let this client in any more")
            leave(connection, isNormal: false)
            return false
        }
        connections[connection].access = access
        return true
    }

    // MARK: The audit log

    /// Notes something that the rules refused to a connected client.
    mutating func noteRefusal(
        _ action: AccessRefusal.Action,
        on connection: Int,
        _ subject: String? = nil,
        detail: String? = nil
    ) {
        let session = connections[connection].session
        let client = session >= 0 ? String(decoding: sessions[Int(session)].clientIdentifier, as: UTF8.self) : ""
        let user = principal(of: connection)?.userName
        note(
            .init(
                action: action,
                clientIdentifier: client,
                userName: user,
                subject: subject,
                detail: detail,
                connection: Int32(connection)
            )
        )
    }

    /// Notes that somebody did not prove who it is.
    mutating func noteAuthentication(_ exchange: AuthenticationExchange, on connection: Int, _ text: String) {
        guard let connect = exchange.connect else {
            noteRefusal(.authenticate, on: connection, detail: text)
            return
        }
        note(
            .init(
                action: .authenticate,
                clientIdentifier: connect.clientIdentifier,
                userName: connect.username,
                detail: text,
                connection: Int32(connection)
            )
        )
    }

    private mutating func note(_ refusal: AccessRefusal) {
        if refusal.action != .authenticate { statistics.accessRefused += 1 }
        guard refusals.count < limits.refusals else { return }
        refusals.append(refusal)
    }
}
