package import BrokerAccess
import MQTTPackets

/// Lets clients in as nobody in particular.
package struct AnonymousAuthenticator: Authenticator {
    private let acceptsBeyondThisMachine: Bool
    private let acceptsCredentials: Bool

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - acceptsBeyondThisMachine: Whether clients on other machines are let in.
    ///   - acceptsCredentials: Whether a client that gives a user name or password is let in without looking at them: where nobody else does.
    package init(acceptsBeyondThisMachine: Bool, acceptsCredentials: Bool) {
        self.acceptsBeyondThisMachine = acceptsBeyondThisMachine
        self.acceptsCredentials = acceptsCredentials
    }

    package func authenticate(
        _ request: AuthenticationRequest,
        of peer: AuthenticationPeer
    ) async -> AuthenticationDecision {
        guard acceptsCredentials || request.userName == nil && request.password == nil else { return .unknown }
        guard acceptsBeyondThisMachine || peer.isLocal else {
            return .refused(.notAuthorized, "anonymous clients are let in from this machine only")
        }
        return .accepted(Principal(userName: nil, clientIdentifier: request.clientIdentifier))
    }
}
