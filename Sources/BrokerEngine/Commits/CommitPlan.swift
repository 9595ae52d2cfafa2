import StateStore

/// A commit that was read and is being checked: what it will do, when nothing is against it.
struct CommitPlan {
    /// The delivery it ends.
    enum Delivery {
        case none
        /// A delivery of a group, by its packet identifier.
        case shared(UInt16, DeliveryIdentity)
        /// A delivery of the session's own queue, by its position.
        case own(UInt64)
    }

    /// A message it publishes.
    struct Message {
        /// Where the PUBLISH packet lies in ``packets``.
        var packet: Range<Int>
        var qos: UInt8
    }

    var delivery = Delivery.none
    /// Milliseconds after which the delivery comes again; nil when it is done.
    var delay: Int64?
    /// Why it comes again: where the reason lies in the request.
    var reason = 0..<0
    var writes: [StateWrite] = []
    var messages: [Message] = []
    var packets: [UInt8] = []
    /// What the writes add to the store.
    var tally = StateTally()
    /// Bytes of the messages.
    var messageBytes = 0
    /// How many of them take a new retained topic.
    var retained = 0

    /// Whether it makes the journal grow by more than a few bytes.
    var isLarge: Bool { !messages.isEmpty || writes.contains { $0.action == .set } }

    mutating func removeAll() {
        delivery = .none
        delay = nil
        reason = 0..<0
        writes.removeAll(keepingCapacity: true)
        messages.removeAll(keepingCapacity: true)
        packets.removeAll(keepingCapacity: true)
        tally = StateTally()
        messageBytes = 0
        retained = 0
    }
}
