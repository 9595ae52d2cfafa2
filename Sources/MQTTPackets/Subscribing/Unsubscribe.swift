/// A client gives subscriptions back (MQTT 5.0 §3.10).
package struct Unsubscribe: Sendable, Equatable {
    /// By what the answer is known; never 0.
    package var packetIdentifier: UInt16
    /// User properties, in their order; none in 3.1.1.
    package var userProperties: [UserProperty]
    /// The filters as they were subscribed to; never empty.
    package var filters: [String]

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - packetIdentifier: By what the answer is known; never 0.
    ///   - userProperties: User properties, in their order; none in 3.1.1.
    ///   - filters: The filters as they were subscribed to; never empty.
    package init(
        packetIdentifier: UInt16,
        userProperties: [UserProperty] = [],
        filters: [String]
    ) {
        self.packetIdentifier = packetIdentifier
        self.userProperties = userProperties
        self.filters = filters
    }
}
