/// What became of a request of a candidate.
package enum LeaseAnswer: Sendable, Hashable {
    /// The lease is granted; the version is its fencing token.
    case granted(StateStoreVersion)
    /// Another holds it.
    case heldByAnother
    /// The release was worked on.
    case released
    /// No answer, or one that may be another in a while. The store may have worked on the request, or may yet.
    case failed
    /// An answer that will not change: no right to do that, for example.
    case refused
}
