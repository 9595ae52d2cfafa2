/// Why a connection could not be made, or a listener could not be opened.
package struct TransportError: Error, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: String, Sendable, Hashable {
        /// An address can not be used.
        case address
        /// A file of certificates or keys can not be used.
        case certificateFile
        /// The TLS handshake failed for a reason that no other code has.
        case handshake
        /// The peer's certificate does not name the host that was asked for.
        case nameMismatch
        /// The peer's certificate is not valid yet, or no longer.
        case certificateExpired
        /// The peer's certificate leads to no authority that is trusted.
        case certificateUntrusted
        /// The peer refused our certificate, or the lack of one.
        case certificateRefused
        /// The other side did not agree to WebSocket, or broke its rules.
        case webSocket
        /// The header of the PROXY protocol is missing or wrong.
        case proxyProtocol
        /// It took too long.
        case timedOut
        /// The connection was closed before it was made.
        case closed
    }

    /// The kind of failure.
    package var code: Code
    /// What was wrong and what to do.
    package var message: String
    /// What lies under it.
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message.
    package var description: String { message }
}
