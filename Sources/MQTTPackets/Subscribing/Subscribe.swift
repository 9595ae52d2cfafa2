/// A client asks for subscriptions (MQTT 5.0 §3.8).
package struct Subscribe: Sendable, Equatable {
    /// By what the answer is known; never 0.
    package var packetIdentifier: UInt16
    /// The properties; none in 3.1.1.
    package var properties: SubscribeProperties
    /// What to subscribe to; never empty.
    ///
    /// Any text: what is wrong with a filter tells ``TopicFilter``, so that one bad filter can be answered in SUBACK.
    package var filters: [SubscribeFilter]

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - packetIdentifier: By what the answer is known; never 0.
    ///   - properties: The properties; none in 3.1.1.
    ///   - filters: What to subscribe to; never empty.
    package init(
        packetIdentifier: UInt16,
        properties: SubscribeProperties = SubscribeProperties(),
        filters: [SubscribeFilter]
    ) {
        self.packetIdentifier = packetIdentifier
        self.properties = properties
        self.filters = filters
    }
}
