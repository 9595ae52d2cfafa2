/// The answer to a PUBREL (MQTT 5.0 §3.7).
package struct PubComp: Sendable, Equatable {
    /// The identifier of the PUBLISH that it answers; never 0.
    package var packetIdentifier: UInt16
    /// What came of it; always success in 3.1.1.
    package var reasonCode: ReasonCode
    /// The properties; none in 3.1.1.
    package var properties: AckProperties

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - packetIdentifier: The identifier of the PUBLISH that it answers; never 0.
    ///   - reasonCode: What came of it; always success in 3.1.1.
    ///   - properties: The properties; none in 3.1.1.
    package init(
        packetIdentifier: UInt16,
        reasonCode: ReasonCode = .success,
        properties: AckProperties = AckProperties()
    ) {
        self.packetIdentifier = packetIdentifier
        self.reasonCode = reasonCode
        self.properties = properties
    }
}
