/// Whether a server asks its clients for certificates.
package enum ClientCertificates: String, Sendable, Hashable {
    /// It does not ask.
    case none
    /// It asks; one that is given must be valid.
    case optional
    /// A connection without a valid one is refused.
    case required
}
