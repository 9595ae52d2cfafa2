/// What the store answers after `-ERR `, word for word as clients compare it (state store §1.4).
package enum StateError: String, Error, Hashable, Sendable, CaseIterable {
    /// The `__ts` is more than the allowed drift ahead of the store's clock.
    case timestampTooFarAhead =
        "the request timestamp is too far in the future; ensure that the client and broker system clocks are synchronized"
    /// The `__ft` is more than the allowed drift ahead of the store's clock.
    case tokenTooFarAhead =
        "the request fencing token timestamp is too far in the future; ensure that the client and broker system clocks are synchronized"
    /// The key is fenced, and the request has no `__ft`.
    case tokenRequired = "a fencing token is required for this request"
    /// The `__ft` is older than the key's.
    case tokenOutdated =
        "the request fencing token is a lower version than the fencing token protecting the resource"
    /// A quota of the store would be exceeded.
    case quotaExceeded = "the quota has been exceeded"
    /// The payload is no request.
    case syntax = "syntax error"
    /// The client may not do that.
    case notAuthorized = "not authorized"
    /// There is no such command, or not for this session.
    case unknownCommand = "unknown command"
    /// The command takes another number of arguments.
    case wrongNumberOfArguments = "wrong number of arguments"
    /// A SET without `__ts`.
    case missingTimestamp = "missing timestamp"
    /// A `__ts` or `__ft` that is no version.
    case malformedTimestamp = "malformed timestamp"
    /// The key is empty.
    case emptyKey = "the key length is zero"

    /// The text after `-ERR `.
    package var text: String { rawValue }
}
