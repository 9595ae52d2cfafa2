/// A shared subscription (MQTT 5.0 §4.8.2): one queue, several members, each message to one of them.
struct SharedGroup {
    /// One subscribed session.
    struct Member {
        var session: Int32
        var subscription: Int32
    }

    /// The group's identity in the journal; 0 for a free slot.
    var id: UInt64 = 0
    /// The number in the identities of its deliveries: the first ``id`` it had, as long as it is there.
    var deliveryID: UInt64 = 0
    /// `$share/NAME/FILTER`.
    var name: [UInt8] = []
    /// The node of the filter in the trie.
    var node: Int32 = -1
    var members: [Member] = []
    /// Members whose session is persistent: while there is one, the group's queue is journaled.
    var persistentMembers = 0
    /// Where the next round begins.
    var cursor = 0
    /// What nobody has got yet.
    var waiting = MessageRing()
    /// What members had and gave back, the oldest last; goes out before ``waiting``.
    var returned: [Int32] = []
    /// What was handed back to come later, with the time of each; see ``DelayQueue``.
    var delayed: [Int32: EngineTime] = [:]
    /// Bytes of the messages that wait.
    var queuedBytes = 0
    /// Deliveries in flight to members.
    var inflight = 0
    /// Deliveries that came back because their holder went away.
    var redistributed: UInt64 = 0
    /// Deliveries sent once more, with DUP: another member had them, or a broker that was killed may have sent them.
    var redelivered: UInt64 = 0
    /// Where its record stands in the journal.
    var fact = FactPlace()
    /// Messages from this sequence on name the group in the journal; `UInt64.max` while it is not durable.
    var durableFrom = UInt64.max
    var isPumpPending = false
    /// Whether it stands in the engine's list of groups that go on when a page is durable.
    var isPagePending = false
    var isAcknowledgementPending = false
    /// Messages acknowledged in this turn that the journal must learn.
    var acknowledged: [UInt64] = []

    var isDurable: Bool { persistentMembers > 0 }
    /// What can go out now.
    var queued: Int { waiting.count + returned.count }
    /// What waits, be it for its time.
    var backlog: Int { queued + delayed.count }
}
