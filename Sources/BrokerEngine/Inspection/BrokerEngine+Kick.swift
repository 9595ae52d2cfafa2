import MQTTPackets

/// Sending a client away.
extension BrokerEngine {
    /// Ends the connection of a client with DISCONNECT 0x98 (administrative action, MQTT 5.0 §3.14.2.1), and perhaps its session.
    ///
    /// Its will is sent as after any loss of its connection. Call ``endTurn(at:)`` after it.
    ///
    /// - Parameters:
    ///   - client: The client identifier.
    ///   - endsSession: Whether its subscriptions and everything that waits for it go too.
    ///   - time: Now.
    /// - Returns: What became of it; nil for a client without a session.
    package mutating func kick(_ client: [UInt8], endsSession: Bool, at time: EngineTime) -> KickOutcome? {
        advance(to: time)
        guard let session = sessionByClient[client] else { return nil }
        let connection = Int(sessions[Int(session)].connection)
        if connection >= 0 {
            disconnect(connection, .administrativeAction, "an operator ended the connection")
            leave(connection, isNormal: false)
        }
        if endsSession, let left = sessionByClient[client] { endSession(left) }
        return KickOutcome(wasConnected: connection >= 0, isSessionEnded: sessionByClient[client] == nil)
    }
}
