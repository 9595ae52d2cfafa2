/// The kinds of record a page of the broker holds.
///
/// A number, once given, keeps its meaning for ever.
enum FactKind: UInt8 {
    /// The broker began to write here: the numbers it goes on from.
    case started = 1
    /// A persistent session, as it is now.
    case session = 2
    /// A persistent session is gone.
    case sessionEnded = 3
    /// A persistent session lost its connection.
    case disconnected = 4
    /// A subscription of a persistent session, as it is now.
    case subscribed = 5
    /// A subscription is gone.
    case unsubscribed = 6
    /// A shared group with a persistent member.
    case group = 7
    /// A shared group is gone.
    case groupEnded = 8
    /// A message, with everybody durable who needs it.
    case stored = 9
    /// Queue positions of a session that are done.
    case acknowledged = 10
    /// Messages that are done for a group.
    case groupAcknowledged = 11
    /// A topic has no retained message any more.
    case retainedCleared = 12
    /// How often a delivery ended in vain, and when it comes again.
    case attempted = 13
    /// A key of the state store, as it is now.
    case stateSet = 14
    /// A key of the state store is gone.
    case stateRemoved = 15
    /// A commit: other facts, which are true together or not at all.
    case committed = 16
    /// The packet identifier of a QoS 2 message that stands on the same page, or that nobody gets: refused with it when the page fails.
    case received = 17
    /// A packet identifier that was received and is not released, as it is now.
    case holding = 18
    /// A packet identifier was released.
    case released = 19
    /// The second in which the messages behind it on its page arrived.
    case arrived = 20
    /// A queue position of QoS 2 whose PUBREC came.
    case confirmed = 21

    /// The version of the body that this engine writes.
    var version: UInt8 {
        switch self {
        case .started, .attempted: 2
        case .stored: 3
        default: 1
        }
    }
}
