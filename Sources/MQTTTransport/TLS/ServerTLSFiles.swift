/// The files and rules of a server's TLS.
package struct ServerTLSFiles: Sendable, Hashable {
    /// The path of the server's certificate and those between it and its authority, in PEM, the server's first.
    package var certificateChain: String
    /// The path of the private key, in PEM.
    package var privateKey: String
    /// Whether TLS 1.2 is refused.
    package var isTLS13Only = false
    /// Whether clients are asked for certificates.
    package var clientCertificates = ClientCertificates.none
    /// The path of the authorities of the clients' certificates, in PEM.
    package var clientAuthorities: String?

    package init(certificateChain: String, privateKey: String) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }
}
