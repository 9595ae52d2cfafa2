/// The last packet of a connection (MQTT 5.0 §3.14).
package struct Disconnect: Sendable, Equatable {
    /// Why the connection ends; always normal in 3.1.1.
    package var reasonCode: ReasonCode
    /// The properties; none in 3.1.1.
    package var properties: DisconnectProperties

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - reasonCode: Why the connection ends; always normal in 3.1.1.
    ///   - properties: The properties; none in 3.1.1.
    package init(
        reasonCode: ReasonCode = .normalDisconnection,
        properties: DisconnectProperties = DisconnectProperties()
    ) {
        self.reasonCode = reasonCode
        self.properties = properties
    }
}
