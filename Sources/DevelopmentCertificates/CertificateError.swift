/// Why a certificate could not be made or kept.
package struct CertificateError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: Hashable, Sendable {
        /// A name cannot stand in a certificate, or be the name of a file.
        case name
        /// Something is there already; nothing was changed.
        case exists
        /// A file cannot be read or written.
        case file
        /// The authority's files hold something else.
        case content
    }

    /// The kind of failure.
    package var code: Code
    /// What was wrong and what to do.
    package var message: String
    /// What lies under it.
    package var cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message.
    package var description: String { message }
}
