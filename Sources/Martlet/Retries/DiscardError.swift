/// Thrown by a handler to say that the message needs no handling: it is acknowledged and forgotten, with a line
/// in the log.
///
/// Nothing that the handler published happens. A handler that simply has nothing to do returns instead.
public struct DiscardError: Error, CustomStringConvertible {
    /// Why the message is dropped.
    public let message: String

    /// Makes the error.
    ///
    /// - Parameter message: Why the message is dropped.
    public init(_ message: String) {
        self.message = message
    }

    /// Why the message is dropped.
    public var description: String { message }
}
