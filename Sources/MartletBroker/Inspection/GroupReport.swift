import BrokerEngine

/// A shared group with its backlog, for an operator.
package struct GroupReport: Codable, Sendable, Equatable {
    /// `$share/NAME/FILTER`.
    package var group: String
    package var members: Int
    /// Whether its backlog outlives a crash.
    package var isDurable: Bool
    /// Messages that nobody has now; those that are put off are not among them.
    package var queued: Int
    /// Messages that were handed back to come later.
    package var delayed: Int
    /// Bytes of both.
    package var queuedBytes: Int
    /// Deliveries without their acknowledgement.
    package var inflight: Int
    /// Seconds since the oldest of the queued messages arrived; nil for an empty queue.
    package var oldestAge: Int?
    /// Deliveries sent once more, with DUP, since the broker started.
    package var redelivered: UInt64
    /// Deliveries that came back because their holder went away, since the broker started.
    package var redistributed: UInt64
    /// What its connected members take at one time; nil for a group too large to look at all members.
    package var capacity: Int?
    /// The part of the capacity that is in use, from 0; nil without capacity.
    package var utilisation: Double?

    init(_ group: InspectedGroup) {
        self.group = group.name
        members = group.members
        isDurable = group.isDurable
        queued = group.queued
        delayed = group.delayed
        queuedBytes = group.queuedBytes
        inflight = group.inflight
        oldestAge = group.oldestAge
        redelivered = group.redelivered
        redistributed = group.redistributed
        capacity = group.capacity
        utilisation = group.utilisation
    }
}
