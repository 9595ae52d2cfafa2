/// How a client protects its connection by TLS 1.2 or 1.3.
public struct MQTTTLS: Sendable, Hashable {
    /// How far the server's certificate is verified.
    public enum Verification: Sendable, Hashable {
        /// Its authority, its dates and its name.
        case full
        /// Its authority and its dates, and not its name.
        case withoutName
        /// Not at all: whoever is in between reads and changes everything.
        ///
        /// Not `none`, which `tls?.verification = .none` would take for a missing value, and ignore.
        case unverified
    }

    /// The file of the authorities that are trusted, in PEM; nil for those of the machine.
    public var trustedAuthorities: String?
    /// The file of the client's certificate and those between it and its authority, in PEM, the client's first; nil for none.
    public var certificateChain: String?
    /// The file of the client's private key, in PEM, without a passphrase.
    public var privateKey: String?
    /// The name that the server's certificate must have; nil for the host that is connected to.
    public var serverName: String?
    /// How far the server's certificate is verified.
    public var verification = Verification.full

    /// TLS with the authorities of the machine, fully verified.
    public init() {}
}
