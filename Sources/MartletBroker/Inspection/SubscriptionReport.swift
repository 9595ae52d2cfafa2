import BrokerEngine

/// A subscription, for an operator.
package struct SubscriptionReport: Codable, Sendable, Equatable {
    package var client: String
    /// The filter as it was subscribed, `$share/…` included.
    package var filter: String
    package var qos: Int
    package var noLocal: Bool
    package var retainAsPublished: Bool
    /// The subscription identifier; nil for none.
    package var identifier: Int?
    package var isShared: Bool

    init(_ subscription: InspectedSubscription) {
        client = subscription.clientIdentifier
        filter = subscription.filter
        qos = Int(subscription.qos)
        noLocal = subscription.noLocal
        retainAsPublished = subscription.retainAsPublished
        identifier = subscription.identifier.map(Int.init)
        isShared = subscription.isShared
    }
}
