/// Why a checkpoint can not be used.
package struct CheckpointError: Error, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Sendable {
        /// Another process has it open.
        case busy
        /// The file can not be opened, made or set aside.
        case file
    }

    /// What kind of failure it is.
    package var code: Code
    /// What happened.
    package var message: String
    /// The failure beneath.
    package var cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message, and the failure beneath.
    package var description: String { message + (cause.map { ": \($0)" } ?? "") }
}
