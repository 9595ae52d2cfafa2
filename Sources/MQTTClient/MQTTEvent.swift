/// What happens to the connection and the session.
@nonexhaustive
public enum MQTTEvent: Sendable {
    /// The server took the connection.
    case connected(MQTTConnectionInformation)
    /// The connection ended; the client comes back by itself unless ``MQTTClient/run()`` ends.
    case disconnected(MQTTClientError)
    /// The server has no memory of the session that this client had.
    ///
    /// Messages that waited for the client in that session are gone. See
    /// ``MQTTClientConfiguration/onSessionLost``.
    case sessionLost
    /// Another connection uses the same client identifier now; ``MQTTClient/run()`` ends.
    case takenOver
    /// A subscription that was granted before was refused when the client asked for it on a later connection.
    case subscriptionRefused(topicFilter: String, reasonCode: MQTTReasonCode)
}
