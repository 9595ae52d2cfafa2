package import NIOCore

/// Who counts the connections of a listener, from accepting them until they are gone, and may turn one away.
///
/// Called on the event loop of the connection or of its listener, once a connection and event.
package protocol ConnectionGate: AnyObject, Sendable {
    /// A connection was accepted; false closes it at once.
    ///
    /// - Parameter peer: The socket's address.
    /// - Returns: Whether it is let in.
    func admits(_ peer: SocketAddress?) -> Bool

    /// A connection that was admitted is gone.
    func left()

    /// A connection ended before its first byte of MQTT.
    ///
    /// - Parameter failure: What happened.
    func failed(_ failure: HandshakeFailure)
}
