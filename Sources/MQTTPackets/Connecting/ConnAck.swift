/// The server answers a CONNECT (MQTT 5.0 §3.2).
package struct ConnAck: Sendable, Equatable {
    /// Whether the server had a session of the client (§3.2.2.1.1).
    package var sessionPresent: Bool
    /// What came of it (§3.2.2.2); return codes of 3.1.1 are mapped to reason codes and back.
    package var reasonCode: ReasonCode
    /// The properties; none in 3.1.1.
    package var properties: ConnAckProperties

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - sessionPresent: Whether the server had a session of the client (§3.2.2.1.1).
    ///   - reasonCode: What came of it (§3.2.2.2); return codes of 3.1.1 are mapped to reason codes and back.
    ///   - properties: The properties; none in 3.1.1.
    package init(
        sessionPresent: Bool = false,
        reasonCode: ReasonCode = .success,
        properties: ConnAckProperties = ConnAckProperties()
    ) {
        self.sessionPresent = sessionPresent
        self.reasonCode = reasonCode
        self.properties = properties
    }
}
