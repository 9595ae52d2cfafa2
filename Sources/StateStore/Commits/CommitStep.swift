/// An operation of a commit where it lies in the bytes of the request.
package enum CommitStep: Hashable, Sendable {
    /// The delivery with the identity that lies here is done.
    case acknowledge(id: Range<Int>)
    /// The delivery goes back to its group, not before the delay (milliseconds) is over.
    case retry(id: Range<Int>, delay: Int64, reason: Range<Int>)
    /// SET or DEL.
    case write(StateWrite)
    /// The key must have the version; nil: it must not be there.
    case check(key: Range<Int>, version: StateVersion?)
    /// A message is published.
    case publish(CommitPublish)
    /// This is no operation; why. The commit is refused as ``CommitRefusalCode/invalid``.
    case invalid(String)
}
