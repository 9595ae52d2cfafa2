package import MQTTPackets

/// Messages that an operator takes away, a bounded number a turn; see ``BrokerEngine/purge(_:at:)``.
package struct Purge: Sendable {
    /// What is emptied.
    package enum Target: Sendable {
        /// The queue of a client's session; what is in flight stays.
        case queue(client: [UInt8])
        /// What waits for a shared group, be it for its time; what is in flight stays.
        case group(name: [UInt8])
        /// The retained messages whose topic the filter matches.
        case retained(TopicFilter)
    }

    /// What is emptied.
    package let target: Target
    /// Messages taken away.
    package internal(set) var purged = 0
    /// Bytes of them, with their topics and properties.
    package internal(set) var bytes = 0
    /// Whether nothing of what was there at the start is left.
    package internal(set) var isDone = false

    /// Where it goes on.
    var position: UInt64 = 0
    /// What is not below this came after the start, and stays.
    var bound: UInt64
    /// Who was meant: a session or a group may end meanwhile, and its place be another's.
    var identity: UInt64
}
