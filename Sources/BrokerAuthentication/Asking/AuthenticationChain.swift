package import BrokerAccess
import MQTTPackets

/// Providers that are asked in order: the first that knows the client decides.
package struct AuthenticationChain: Authenticator {
    private let providers: [any Authenticator]
    package let methods: Set<String>

    /// Makes a chain.
    ///
    /// - Parameter providers: Who is asked; nobody refuses everybody.
    package init(_ providers: [any Authenticator]) {
        self.providers = providers
        methods = providers.reduce(into: []) { $0.formUnion($1.methods) }
    }

    package func authenticate(
        _ request: AuthenticationRequest,
        of peer: AuthenticationPeer
    ) async -> AuthenticationDecision {
        if let method = request.method, !methods.contains(method) {
            return .refused(.badAuthenticationMethod, "no provider has the authentication method of the client")
        }
        for provider in providers {
            if let method = request.method, !provider.methods.contains(method) { continue }
            if Task.isCancelled { return .refused(.serverUnavailable, "the client went away") }
            let decision = await provider.authenticate(request, of: peer)
            if case .decided = decision { return decision }
        }
        if request.userName == nil, request.password == nil, peer.certificates.isEmpty {
            return .refused(.notAuthorized, "the client said nothing of itself")
        }
        return .refused(.badUserNameOrPassword, "no provider knows the client")
    }

    package func shutDown() async {
        for provider in providers { await provider.shutDown() }
    }
}
