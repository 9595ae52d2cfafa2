import MQTTPackets

/// One subscription of one session.
struct Subscription {
    /// The subscribing session; negative for a free slot.
    var session: Int32 = -1
    /// The group of a shared subscription; negative for an ordinary one.
    var group: Int32 = -1
    /// The node of its filter in the trie.
    var node: Int32 = -1
    /// The filter as it was subscribed.
    var filter: [UInt8] = []
    var qos: UInt8 = 0
    var noLocal = false
    var retainAsPublished = false
    /// Its subscription identifier; 0 for none.
    var identifier: UInt32 = 0
    /// The set of that identifier alone, which it has a reference to; negative for none.
    var identifiers: Int32 = -1
    /// Where its record stands in the journal.
    var fact = FactPlace()

    /// Whether another one for the same filter asks for the same.
    func says(_ other: Subscription) -> Bool {
        qos == other.qos && noLocal == other.noLocal && retainAsPublished == other.retainAsPublished
            && identifier == other.identifier
    }
}
