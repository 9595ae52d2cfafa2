/// A certificate and its private key, in PEM.
package struct IssuedCertificate: Sendable, Hashable {
    /// The certificate.
    package var certificate: String
    /// The private key (PKCS #8); a secret.
    package var key: String
}
