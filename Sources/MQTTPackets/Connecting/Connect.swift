package import NIOCore

/// A client asks for a session (MQTT 5.0 §3.1).
package struct Connect: Sendable, Equatable {
    /// The version of the protocol that the client speaks (§3.1.2.2).
    package var version: ProtocolVersion
    /// Who the client is; empty asks the server for a name (§3.1.3.1).
    package var clientIdentifier: String
    /// Whether an old session is to be forgotten (§3.1.2.4); Clean Session in 3.1.1.
    package var cleanStart: Bool
    /// Seconds after which a silent client is given up, times one and a half; 0 is never (§3.1.2.10).
    package var keepAlive: UInt16
    /// The user name (§3.1.3.5).
    package var username: String?
    /// The password or another secret (§3.1.3.6).
    package var password: ByteBuffer?
    /// The message to publish when the client dies (§3.1.2.5).
    package var will: Will?
    /// The properties; none in 3.1.1.
    package var properties: ConnectProperties

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - version: The version of the protocol that the client speaks (§3.1.2.2).
    ///   - clientIdentifier: Who the client is; empty asks the server for a name (§3.1.3.1).
    ///   - cleanStart: Whether an old session is to be forgotten (§3.1.2.4); Clean Session in 3.1.1.
    ///   - keepAlive: Seconds after which a silent client is given up, times one and a half; 0 is never (§3.1.2.10).
    ///   - username: The user name (§3.1.3.5).
    ///   - password: The password or another secret (§3.1.3.6).
    ///   - will: The message to publish when the client dies (§3.1.2.5).
    ///   - properties: The properties; none in 3.1.1.
    package init(
        version: ProtocolVersion = .v5,
        clientIdentifier: String = "",
        cleanStart: Bool = true,
        keepAlive: UInt16 = 0,
        username: String? = nil,
        password: ByteBuffer? = nil,
        will: Will? = nil,
        properties: ConnectProperties = ConnectProperties()
    ) {
        self.version = version
        self.clientIdentifier = clientIdentifier
        self.cleanStart = cleanStart
        self.keepAlive = keepAlive
        self.username = username
        self.password = password
        self.will = will
        self.properties = properties
    }
}
