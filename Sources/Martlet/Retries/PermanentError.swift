/// Thrown by a handler to say that trying again is of no use: the message goes to the dead letter topic at once.
public struct PermanentError: Error, CustomStringConvertible {
    /// Why the message can never be handled.
    public let message: String
    /// The error behind it.
    public let cause: (any Error)?

    /// Makes the error.
    ///
    /// - Parameters:
    ///   - message: Why the message can never be handled.
    ///   - cause: The error behind it.
    public init(_ message: String, cause: (any Error)? = nil) {
        self.message = message
        self.cause = cause
    }

    /// The message, and the cause where there is one.
    public var description: String {
        cause.map { "\(message): \($0)" } ?? message
    }
}
