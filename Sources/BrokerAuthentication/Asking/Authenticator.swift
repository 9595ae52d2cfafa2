package import BrokerAccess

/// One way by which clients prove who they are.
package protocol Authenticator: Sendable {
    /// The Authentication Methods by which enhanced authentication is done (MQTT 5.0 §4.12); none for most.
    var methods: Set<String> { get }

    /// Looks at what a client says of itself.
    ///
    /// - Parameters:
    ///   - request: What it says.
    ///   - peer: What is known of its connection.
    /// - Returns: What became of it.
    func authenticate(_ request: AuthenticationRequest, of peer: AuthenticationPeer) async -> AuthenticationDecision

    /// Ends what it keeps open; nothing is asked of it any more.
    func shutDown() async
}

extension Authenticator {
    package var methods: Set<String> { [] }

    package func shutDown() async {}
}
