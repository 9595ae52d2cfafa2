/// How a client is called by the certificate that it has shown on a TLS listener.
public struct BrokerCertificateIdentity: Sendable, Hashable {
    /// What of the certificate is the user name.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        /// The common name of its subject.
        case commonName
        /// Its first alternative name that is a DNS name.
        case dnsName
        /// Its first alternative name that is an e-mail address.
        case emailAddress
        /// Its first alternative name that is a URI, such as a SPIFFE identity.
        case uri
    }

    /// What of the certificate is the user name.
    ///
    /// A certificate that has it not, or has it twice, is refused. The parts of the subject are the attributes `commonName`, `organization`,
    /// `organizationalUnit`, `country`, `locality` and `stateOrProvince`, where they are there once.
    public var name: Name

    /// Makes the setting.
    ///
    /// - Parameter name: What of the certificate is the user name.
    public init(name: Name = .commonName) {
        self.name = name
    }
}
