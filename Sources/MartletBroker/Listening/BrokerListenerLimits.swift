/// What the clients of one listener may use together, each with what happens past it.
public struct BrokerListenerLimits: Sendable, Hashable {
    /// Connections at one time, those within a handshake included; past it a new one is closed.
    public var connections = 100_000
    /// How long TLS, WebSocket and the PROXY header together may take; past it the connection is closed.
    public var handshakeDeadline = Duration.seconds(10)

    /// The defaults.
    public init() {}
}
