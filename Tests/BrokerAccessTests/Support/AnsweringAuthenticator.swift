import BrokerAccess
import BrokerAuthentication
import Synchronization

/// A provider that always says the same, and counts how often it was asked.
final class AnsweringAuthenticator: Authenticator {
    let methods: Set<String>
    private let decision: AuthenticationDecision
    private let asked = Mutex(0)

    init(_ decision: AuthenticationDecision, methods: Set<String> = []) {
        self.decision = decision
        self.methods = methods
    }

    var count: Int { asked.withLock { $0 } }

    func authenticate(
        _ request: AuthenticationRequest,
        of peer: AuthenticationPeer
    ) async -> AuthenticationDecision {
        asked.withLock { $0 += 1 }
        return decision
    }
}
