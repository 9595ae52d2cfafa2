import MQTTPackets

/// Proofs that do not last.
extension BrokerEngine {
    /// The proof of who a client is is over, and it brought no new one: DISCONNECT 0x87 (not authorized), and its will as after any loss.
    ///
    /// Call ``endTurn(at:)`` after it. A connection that is not connected is left as it is.
    ///
    /// - Parameters:
    ///   - handle: The connection.
    ///   - time: Now.
    package mutating func endProof(of handle: ConnectionHandle, at time: EngineTime) {
        advance(to: time)
        let connection = Int(handle.index)
        guard connections.indices.contains(connection), connections[connection].state == .connected else { return }
        noteRefusal(.authenticate, on: connection, detail: "the proof of who the client is has expired")
        disconnect(connection, .notAuthorized, "the proof of who the client is has expired")
        leave(connection, isNormal: false)
    }
}
