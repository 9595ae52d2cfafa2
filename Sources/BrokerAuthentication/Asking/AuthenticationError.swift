/// Why a way of authentication cannot be used; it holds no secret.
package struct AuthenticationError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: Hashable, Sendable {
        /// A file cannot be read or written.
        case file
        /// What a file says is wrong.
        case content
        /// A setting is wrong.
        case setting
        /// More is waiting than may.
        case busy
    }

    /// The kind of failure.
    package var code: Code
    /// What was wrong and what to do.
    package var message: String
    /// What lies under it.
    package var cause: (any Error)?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: The kind of failure.
    ///   - message: What was wrong and what to do.
    ///   - cause: What lies under it.
    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message.
    package var description: String { message }
}
