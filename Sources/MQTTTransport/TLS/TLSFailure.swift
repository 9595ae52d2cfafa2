import Glibc
import NIOCore
import NIOSSL

/// Makes words of what TLS threw.
enum TLSFailure {
    /// What an error of TLS says, without the places in the library's source.
    static func summary(of error: any Error) -> String {
        let words = reasons(of: error)
        return words.isEmpty ? "\(error)" : words.joined(separator: ", ")
    }

    /// The error of a client's handshake under the name of what failed.
    ///
    /// - Parameters:
    ///   - error: What TLS threw.
    ///   - server: The name or address that was asked for.
    ///   - certificate: The server's certificate, if it showed one.
    /// - Returns: The named error.
    static func named(_ error: any Error, server: String, certificate: NIOSSLCertificate?) -> TransportError {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return TransportError(
                .nameMismatch,
                "the certificate of the server does not name '\(server)'",
                cause: error
            )
        }
        if case NIOSSLError.unableToValidateCertificate = error {
            return TransportError(
                .nameMismatch,
                "the certificate of the server does not name '\(server)'",
                cause: error
            )
        }
        if reasons(of: error).contains("CERTIFICATE_VERIFY_FAILED") {
            return unverified(error, server, certificate)
        }
        return alert(error)
            ?? TransportError(
                .handshake,
                "the TLS handshake with \(server) failed: \(summary(of: error))",
                cause: error
            )
    }

    private static func unverified(_ error: any Error, _ server: String, _ certificate: NIOSSLCertificate?)
        -> TransportError
    {
        let now = time(nil)
        if let certificate, certificate.notValidAfter < now {
            return TransportError(.certificateExpired, "the certificate of \(server) has expired", cause: error)
        }
        if let certificate, certificate.notValidBefore > now {
            return TransportError(
                .certificateExpired,
                "the certificate of \(server) is not valid yet: is the clock right?",
                cause: error
            )
        }
        return TransportError(
            .certificateUntrusted,
            "the certificate of \(server) comes from no authority that is trusted: name its authority's file",
            cause: error
        )
    }

    /// The error that an alert of the other side is, such as when it refuses our certificate; nil for any other.
    static func alert(_ error: any Error) -> TransportError? {
        let words = reasons(of: error)
        guard let word = words.first(where: { $0.contains("_ALERT_") }) else { return nil }
        let refusals = ["CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED"]
        guard refusals.contains(where: word.contains) else {
            return TransportError(.handshake, "the other side ended TLS: \(word)", cause: error)
        }
        let reason =
            if word.hasSuffix("CERTIFICATE_REQUIRED") {
                "it asks for a client certificate, and none was given"
            } else if word.hasSuffix("CERTIFICATE_EXPIRED") {
                "it has expired"
            } else if word.hasSuffix("UNKNOWN_CA") {
                "it comes from no authority that the other side trusts"
            } else {
                word
            }
        return TransportError(.certificateRefused, "the other side refused our certificate: \(reason)", cause: error)
    }

    private static func reasons(of error: any Error) -> [String] {
        let stack: NIOBoringSSLErrorStack
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let errors)), NIOSSLError.handshakeFailed(.unknownError(let errors)),
            NIOSSLError.shutdownFailed(.sslError(let errors)), BoringSSLError.sslError(let errors),
            BoringSSLError.unknownError(let errors):
            stack = errors
        default: return []
        }
        return stack.compactMap { reason(in: "\($0)") }
    }

    /// The library's name of what was wrong: the last part that is all capitals.
    private static func reason(in description: String) -> String? {
        let parts = description.split { $0 == ":" || $0 == " " }
        return parts.last { part in
            part.contains("_") && part.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
        }.map(String.init)
    }
}
