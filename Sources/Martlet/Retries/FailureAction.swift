/// What happens to a message whose handler threw.
public struct FailureAction: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: String {
        case retry
        case deadLetter
        case discard
    }

    private let kind: Kind

    /// Try again after a wait, as the ``RetryPolicy`` says; after its last attempt: the dead letter topic.
    public static let retry = FailureAction(kind: .retry)
    /// No further attempt: to the dead letter topic at once.
    public static let deadLetter = FailureAction(kind: .deadLetter)
    /// No further attempt and no dead letter: the message is acknowledged and forgotten, with a line in the log.
    public static let discard = FailureAction(kind: .discard)

    /// The action's name.
    public var description: String { kind.rawValue }
}

extension FailureAction {
    /// What belongs to an error whose handler has no opinion.
    ///
    /// - Parameter error: What was thrown.
    /// - Returns: ``deadLetter`` for ``PermanentError``, ``discard`` for ``DiscardError``, else ``retry``.
    static func usual(for error: any Error) -> FailureAction {
        switch error {
        case is PermanentError: .deadLetter
        case is DiscardError: .discard
        default: .retry
        }
    }
}
