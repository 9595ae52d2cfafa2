import MQTTPackets

/// What outlives a connection: subscriptions, what waits, what is in flight, the will (MQTT 5.0 §4.1).
struct Session {
    /// The session's identity in the journal; 0 for a free slot.
    var id: UInt64 = 0
    var clientIdentifier: [UInt8] = []
    /// The connection it is on now; negative for none.
    var connection: Int32 = -1
    /// Seconds it lives on without a connection; 0 ends it with its connection.
    var expiry: UInt32 = 0
    /// When it ends unless somebody connects; `never` while connected or for an endless one.
    var endsAt = EngineTime.never
    /// When its will is due; `never` while connected or without one.
    var willAt = EngineTime.never
    var will: StoredWill?
    /// Whether its client connected since the broker started: who it is is known.
    var wasAttached = false
    var queue = DeliveryQueue()
    var shared = SharedWindow()
    /// The packet identifiers of ``shared`` by the delivery; only for a session that asked for delivery facts.
    var sharedByIdentity: [DeliveryIdentity: UInt16] = [:]
    /// Own (not shared) deliveries in flight.
    var ownInflight = 0
    /// Bytes of the messages in ``queue``.
    var queuedBytes = 0
    /// Filter as it was subscribed (with `$share/…`) to the subscription.
    var subscriptions: [[UInt8]: Int32] = [:]
    /// What its filters cost, see ``EngineLimits/subscriptionBytesPerSession``.
    var subscriptionBytes = 0
    /// The groups it is a member of.
    var groups: [Int32] = []
    /// Packet identifiers of QoS 2 messages that its client sent and has not released.
    var received = ReceivedIdentifiers()
    /// The newest page with a PUBREC of its client: until it is durable no PUBREL is sent.
    var confirmedOn: UInt64 = 0
    /// Which packet identifiers may be used again for QoS 2.
    var identifierReuse = IdentifierReuse()
    /// QoS 2 deliveries of shared groups that were not sent yet, in the order of their positions.
    var pins: [PinnedDelivery] = []
    /// Where its record stands in the journal.
    var fact = FactPlace()
    /// The page with the newest change that an answer told its client of: later answers wait for it, on any connection.
    var changedOn: UInt64 = 0
    /// Whether it stands in the engine's list of sessions to pump at the end of the turn.
    var isPumpPending = false
    /// Whether it stands in the engine's list of sessions that go on when a page is durable.
    var isPagePending = false
    /// Whether it stands in the engine's list of sessions with acknowledgements to journal.
    var isAcknowledgementPending = false
    /// Positions acknowledged in this turn that the journal must learn.
    var acknowledged: [UInt64] = []

    /// Whether it outlives a connection, and so a crash.
    var isPersistent: Bool { expiry > 0 }
    /// All deliveries in flight.
    var inflight: Int { ownInflight + shared.count }
}
