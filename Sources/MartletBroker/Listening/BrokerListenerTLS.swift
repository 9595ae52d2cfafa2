/// TLS 1.2 and 1.3 of a listener.
public struct BrokerListenerTLS: Sendable, Hashable {
    /// The oldest version of TLS that is spoken.
    public enum Version: String, Sendable, Hashable, CaseIterable {
        /// TLS 1.2.
        case tls12 = "1.2"
        /// TLS 1.3.
        case tls13 = "1.3"
    }

    /// Whether clients are asked for certificates.
    public enum ClientCertificates: String, Sendable, Hashable, CaseIterable {
        /// They are not asked.
        case none
        /// They are asked; one that is given must be valid.
        case optional
        /// A client without a valid one is refused within the handshake.
        case required
    }

    /// The file of the server's certificate and those between it and its authority, in PEM, the server's first.
    public var certificateChain: String
    /// The file of the private key, in PEM, without a passphrase.
    public var privateKey: String
    /// The oldest version of TLS that is spoken.
    public var minimumVersion = Version.tls12
    /// Whether clients are asked for certificates.
    public var clientCertificates = ClientCertificates.none
    /// The file of the authorities that clients' certificates must come from, in PEM.
    public var clientAuthorities: String?

    /// Names the files.
    ///
    /// - Parameters:
    ///   - certificateChain: The file of the server's certificate and those between it and its authority.
    ///   - privateKey: The file of the private key.
    public init(certificateChain: String, privateKey: String) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }
}
