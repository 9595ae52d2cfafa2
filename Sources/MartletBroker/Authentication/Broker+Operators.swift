import BrokerAccess
import BrokerAuthentication
import Synchronization

extension Broker {
    /// The listener that providers are told of operators; a broker's own may be called so, too.
    private static let operatorListener = "admin"

    /// Asks the chain of ``BrokerConfiguration/operators`` who an operator is.
    ///
    /// - Parameters:
    ///   - userName: The user name; nil where a token says it.
    ///   - secret: The password, or the token.
    /// - Returns: The operator; nil for one that is not believed, who has no name, or while the broker does not run.
    package func authenticateOperator(userName: String?, secret: [UInt8]) async -> BrokerOperator? {
        // Begun under the lock: a reload ends a chain only when nobody is asked about any more.
        let chain = state.withLock { state in
            let chain = state.security?.operators
            chain?.begin()
            return chain
        }
        guard let chain else { return nil }
        let request = AuthenticationRequest(
            step: .connect,
            clientIdentifier: "",
            userName: userName,
            password: secret
        )
        var decision = AuthenticationDecision.unknown
        await chain.authenticate(
            request,
            of: AuthenticationPeer(listener: Self.operatorListener, isLocal: false)
        ) { decision = $0 }
        guard case .decided(.accepted(let principal, _), _) = decision, let userName = principal.userName else {
            return nil
        }
        return BrokerOperator(userName: userName, groups: principal.groups)
    }
}
