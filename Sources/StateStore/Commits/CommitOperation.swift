/// An operation of a commit as clients make it.
package enum CommitOperation: Hashable, Sendable {
    /// The delivery with this `martlet-id` is done.
    case acknowledge(id: [UInt8])
    /// The delivery goes back to its group, not before the delay (milliseconds) is over; alone in its commit.
    case retry(id: [UInt8], delay: Int64, reason: [UInt8])
    /// SET.
    case set(
        key: [UInt8],
        value: [UInt8],
        condition: CommitCondition = .always,
        lifetime: Int64? = nil,
        token: StateVersion? = nil
    )
    /// DEL.
    case delete(key: [UInt8], condition: CommitCondition = .always, token: StateVersion? = nil)
    /// The commit is refused if the key has another version (nil: if it is there at all).
    case check(key: [UInt8], version: StateVersion?)
    /// A message is published.
    case publish(CommitMessage)
}
