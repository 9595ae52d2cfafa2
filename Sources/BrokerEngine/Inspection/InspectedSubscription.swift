/// A subscription as an operator sees it.
package struct InspectedSubscription: Sendable, Equatable {
    package var clientIdentifier: String
    /// The filter as it was subscribed, `$share/…` included.
    package var filter: String
    package var qos: UInt8
    package var noLocal: Bool
    package var retainAsPublished: Bool
    /// The subscription identifier; nil for none.
    package var identifier: UInt32?
    /// Whether it belongs to a shared group.
    package var isShared: Bool
}
