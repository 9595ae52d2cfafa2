package import NIOCore

/// A connection that ended before its first byte of MQTT.
package struct HandshakeFailure: Sendable {
    /// How far it came.
    package enum Stage: String, Sendable, Hashable {
        case proxyProtocol, tls, webSocket, deadline
    }

    /// How far it came.
    package var stage: Stage
    /// What was wrong; for a log, no secret.
    package var message: String
    /// Who it was.
    package var peer: SocketAddress?
}
