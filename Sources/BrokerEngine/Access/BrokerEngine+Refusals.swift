import BrokerAccess
import MQTTPackets

/// What was refused, for the audit log: bounded, because whoever is refused may ask again at once.
extension BrokerEngine {
    /// What was refused since the last call; at most ``EngineLimits/refusals``, the rest is only counted
    /// (``EngineStatistics/accessRefused``, ``EngineStatistics/authenticationsRefused``).
    ///
    /// It holds names, topics, filters and keys as clients chose them, cut at ``EngineLimits/refusalBytes``, and never a secret.
    package mutating func takeRefusals() -> [AccessRefusal] {
        guard !refusals.isEmpty else { return [] }
        var taken: [AccessRefusal] = []
        swap(&taken, &refusals)
        return taken
    }

    /// Notes something that was refused to a connected client.
    mutating func noteRefusal(_ action: AccessRefusal.Action, on connection: Int, _ subject: Span<UInt8>) {
        guard countRefusal(action) else { return }
        let text = excerpt(subject)
        append(action, connection, text, nil)
    }

    /// Notes something that was refused to a connected client.
    mutating func noteRefusal(_ action: AccessRefusal.Action, on connection: Int, detail: String? = nil) {
        guard countRefusal(action) else { return }
        append(action, connection, nil, detail)
    }

    /// Notes something that was refused to a client that is not connected.
    ///
    /// - Parameters:
    ///   - action: What was refused.
    ///   - principal: Who it was refused to.
    ///   - subject: The topic, filter or key; nil where there is none.
    ///   - connection: The connection that it came by; -1 for none.
    mutating func note(
        _ action: AccessRefusal.Action,
        _ principal: Principal,
        _ subject: Span<UInt8>?,
        on connection: Int = -1
    ) {
        guard countRefusal(action) else { return }
        var text: String?
        if let subject { text = excerpt(subject) }
        refusals.append(
            AccessRefusal(
                action: action,
                clientIdentifier: principal.clientIdentifier,
                userName: principal.userName,
                subject: text,
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
        guard countRefusal(.authenticate) else { return }
        refusals.append(
            AccessRefusal(
                action: .authenticate,
                clientIdentifier: connect.clientIdentifier,
                userName: connect.username,
                detail: text,
                connection: Int32(connection)
            )
        )
    }

    private mutating func append(
        _ action: AccessRefusal.Action,
        _ connection: Int,
        _ subject: String?,
        _ detail: String?
    ) {
        let session = connections[connection].session
        let client = session >= 0 ? String(decoding: sessions[Int(session)].clientIdentifier, as: UTF8.self) : ""
        refusals.append(
            AccessRefusal(
                action: action,
                clientIdentifier: client,
                userName: principal(of: connection)?.userName,
                subject: subject,
                detail: detail,
                connection: Int32(connection)
            )
        )
    }

    /// Counts a refusal; whether the audit log has room for it.
    private mutating func countRefusal(_ action: AccessRefusal.Action) -> Bool {
        if action == .authenticate { statistics.authenticationsRefused += 1 } else { statistics.accessRefused += 1 }
        return refusals.count < limits.refusals
    }

    private func excerpt(_ bytes: Span<UInt8>) -> String {
        var copy: [UInt8] = []
        copy.append(span: bytes.extracting(first: limits.refusalBytes))
        return String(decoding: copy, as: UTF8.self) + (bytes.count > limits.refusalBytes ? "…" : "")
    }
}
