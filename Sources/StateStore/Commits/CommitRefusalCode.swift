/// The reasons for which a commit is refused.
package enum CommitRefusalCode: String, Hashable, Sendable, CaseIterable {
    /// A version is not the expected one.
    case conflict
    /// A fencing token is missing or outdated.
    case fenced
    /// The session does not hold that delivery, or it is committed already.
    case gone
    /// A quota would be exceeded.
    case quota
    /// The commit makes no sense.
    case invalid
    /// The session may not do that.
    case unauthorized
}
