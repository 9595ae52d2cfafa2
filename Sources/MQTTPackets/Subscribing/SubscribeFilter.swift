/// One filter of a SUBSCRIBE with its options (MQTT 5.0 §3.8.3.1).
package struct SubscribeFilter: Sendable, Equatable {
    /// The topic filter, with `$share/NAME/` before it if it is shared.
    package var filter: String
    /// The highest quality of service that the client wants.
    package var qos: QoS
    /// Whether the client does not want what it publishes itself; false in 3.1.1.
    package var noLocal: Bool
    /// Whether the retain flag stays as it was published; false in 3.1.1.
    package var retainAsPublished: Bool
    /// When retained messages are sent; always in 3.1.1.
    package var retainHandling: RetainHandling

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - filter: The topic filter, with `$share/NAME/` before it if it is shared.
    ///   - qos: The highest quality of service that the client wants.
    ///   - noLocal: Whether the client does not want what it publishes itself; false in 3.1.1.
    ///   - retainAsPublished: Whether the retain flag stays as it was published; false in 3.1.1.
    ///   - retainHandling: When retained messages are sent; always in 3.1.1.
    package init(
        filter: String,
        qos: QoS = .atMostOnce,
        noLocal: Bool = false,
        retainAsPublished: Bool = false,
        retainHandling: RetainHandling = .sendAlways
    ) {
        self.filter = filter
        self.qos = qos
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
        self.retainHandling = retainHandling
    }
}
