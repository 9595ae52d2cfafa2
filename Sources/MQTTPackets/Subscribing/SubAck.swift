/// The answer to a SUBSCRIBE (MQTT 5.0 §3.9).
package struct SubAck: Sendable, Equatable {
    /// The identifier of the SUBSCRIBE; never 0.
    package var packetIdentifier: UInt16
    /// The properties; none in 3.1.1.
    package var properties: AckProperties
    /// What came of each filter, in their order; never empty.
    ///
    /// In 3.1.1 every failure is 0x80.
    package var reasonCodes: [ReasonCode]

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - packetIdentifier: The identifier of the SUBSCRIBE; never 0.
    ///   - properties: The properties; none in 3.1.1.
    ///   - reasonCodes: What came of each filter, in their order; never empty. In 3.1.1 every failure is 0x80.
    package init(
        packetIdentifier: UInt16,
        properties: AckProperties = AckProperties(),
        reasonCodes: [ReasonCode]
    ) {
        self.packetIdentifier = packetIdentifier
        self.properties = properties
        self.reasonCodes = reasonCodes
    }
}
