import BrokerAccess
import MQTTPackets

@testable import BrokerEngine

/// Authentication as the shell does it, with outcomes that the test decides.
extension EngineHarness {
    /// Opens a connection whose client has to prove who it is, and sends CONNECT.
    func connectAuthenticating(_ client: String, _ configure: (inout Connect) -> Void = { _ in }) -> Peer {
        guard let peer = open(client, authenticating: true) else {
            preconditionFailure("The engine takes no connection.")
        }
        var connect = Connect(clientIdentifier: client)
        configure(&connect)
        peer.send(.connect(connect))
        return peer
    }

    /// The only request since the last call; nil when there is none, or more than one.
    func takeRequest() -> (handle: ConnectionHandle, request: AuthenticationRequest)? {
        let all = engine.takeAuthenticationRequests()
        return all.count == 1 ? (all[0].0, all[0].1) : nil
    }

    /// Tells the engine what became of a request of a peer.
    ///
    /// - Parameters:
    ///   - peer: Whose.
    ///   - number: The number of the request; nil for the one that waits.
    ///   - outcome: What became of it.
    /// - Returns: What the engine returned.
    @discardableResult
    func answer(_ peer: Peer, number: UInt64? = nil, _ outcome: AuthenticationOutcome) -> Bool {
        let number = number ?? engine.takeAuthenticationRequests().last { $0.0 == peer.handle }?.1.number ?? 0
        let takesBytes = engine.authenticated(peer.handle, number: number, outcome, at: now)
        if takesBytes { receive(peer) } else { turn() }
        return takesBytes
    }

    /// Opens a connection and lets its client in as a user.
    func connect(
        _ client: String,
        as user: String,
        groups: [String] = [],
        _ configure: (inout Connect) -> Void = { _ in }
    )
        -> Peer
    {
        let peer = connectAuthenticating(client) {
            $0.username = user
            configure(&$0)
        }
        answer(peer, .accepted(Principal(userName: user, clientIdentifier: client, groups: groups)))
        return peer
    }
}

extension EngineHarness {
    /// What was refused since the last call.
    func takeRefusals() -> [AccessRefusal] { engine.takeRefusals() }
}
