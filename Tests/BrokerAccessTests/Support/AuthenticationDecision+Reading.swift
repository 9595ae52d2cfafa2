import BrokerAccess
import BrokerAuthentication
import MQTTPackets

extension AuthenticationDecision {
    /// Who was accepted; nil where nobody was.
    var principal: Principal? {
        if case .decided(.accepted(let principal, _), _) = self { principal } else { nil }
    }

    /// Why somebody was refused; nil where nobody was.
    var reason: ReasonCode? {
        if case .decided(.refused(let reason, _), _) = self { reason } else { nil }
    }

    /// What the audit log may say.
    var text: String {
        if case .decided(.refused(_, let text), _) = self { text } else { "" }
    }

    var isUnknown: Bool {
        if case .unknown = self { true } else { false }
    }

    var expiry: Int64? {
        if case .decided(_, let expiry) = self { expiry } else { nil }
    }
}

extension AuthenticationRequest {
    /// A CONNECT with user name and password.
    static func connect(_ userName: String?, _ password: String?, client: String = "c1") -> AuthenticationRequest {
        AuthenticationRequest(
            step: .connect,
            clientIdentifier: client,
            userName: userName,
            password: password.map { Array($0.utf8) }
        )
    }

    /// A CONNECT or AUTH of enhanced authentication.
    static func enhanced(_ method: String, _ data: String, step: Step = .connect) -> AuthenticationRequest {
        AuthenticationRequest(step: step, clientIdentifier: "c1", method: method, data: Array(data.utf8))
    }
}

extension AuthenticationPeer {
    static let here = AuthenticationPeer(listener: "tcp", address: "127.0.0.1", isLocal: true)
    static let there = AuthenticationPeer(listener: "tcp", address: "192.0.2.7", isLocal: false)
}
