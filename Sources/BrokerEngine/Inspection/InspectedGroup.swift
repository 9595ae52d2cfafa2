/// A shared group as an operator sees it.
package struct InspectedGroup: Sendable, Equatable {
    /// `$share/NAME/FILTER`.
    package var name: String
    package var members: Int
    /// Whether its backlog outlives a crash: a member's session does.
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
    /// What the connected members take at one time: the sum of their Receive Maximum; nil for a group too large to look at all members.
    package var capacity: Int?

    /// The part of ``capacity`` that is in use, from 0; nil without capacity.
    package var utilisation: Double? {
        guard let capacity, capacity > 0 else { return nil }
        return Double(inflight) / Double(capacity)
    }
}

/// A member of a shared group.
package struct InspectedMember: Sendable, Equatable {
    package var clientIdentifier: String
    package var isConnected: Bool
    package var qos: UInt8
    /// The deliveries of all its groups in flight to it.
    package var inflight: Int
    /// Its Receive Maximum; nil while it is away.
    package var receiveMaximum: Int?
}
