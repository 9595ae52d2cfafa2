package import BrokerAccess
import MQTTPackets
import SwiftASN1
import X509

/// Takes the verified certificate of a connection for the proof of who its client is.
package struct CertificateAuthenticator: Authenticator {
    /// What of a certificate is the user name.
    package enum Name: Sendable, Hashable {
        /// The common name of the subject.
        case commonName
        /// The alternative name that is a DNS name.
        case dnsName
        /// The alternative name that is an e-mail address.
        case emailAddress
        /// The alternative name that is a URI.
        case uri
    }

    /// Bytes of a name or an attribute.
    static let maximumLength = 1_024

    private let name: Name

    /// Makes a provider.
    ///
    /// - Parameter name: What of the certificate is the user name.
    package init(name: Name) {
        self.name = name
    }

    package func authenticate(
        _ request: AuthenticationRequest,
        of peer: AuthenticationPeer
    ) async -> AuthenticationDecision {
        guard let leaf = peer.certificates.first else { return .unknown }
        guard let certificate = try? Certificate(derEncoded: leaf) else {
            return .refused(.notAuthorized, "the certificate cannot be read")
        }
        let names = names(of: certificate)
        guard let userName = names.first, names.count == 1, Self.isUsable(userName) else {
            return .refused(.notAuthorized, "the certificate has not one usable \(what) to be the user name")
        }
        return .accepted(
            Principal(
                userName: userName,
                clientIdentifier: request.clientIdentifier,
                attributes: Self.attributes(of: certificate.subject)
            )
        )
    }

    private var what: String {
        switch name {
        case .commonName: "common name"
        case .dnsName: "DNS name"
        case .emailAddress: "e-mail address"
        case .uri: "URI"
        }
    }

    private func names(of certificate: Certificate) -> [String] {
        if name == .commonName { return Self.values(of: .RDNAttributeType.commonName, in: certificate.subject) }
        guard let alternatives = try? certificate.extensions.subjectAlternativeNames else { return [] }
        return alternatives.compactMap { alternative in
            switch (alternative, name) {
            case (.dnsName(let text), .dnsName), (.rfc822Name(let text), .emailAddress),
                (.uniformResourceIdentifier(let text), .uri):
                text
            default: nil
            }
        }
    }

    /// The subject of a peer's certificate, as RFC 4514 writes it; nil without one.
    static func subject(of peer: AuthenticationPeer) -> String? {
        peer.certificates.first.flatMap { try? Certificate(derEncoded: $0) }?.subject.description
    }

    /// The parts of a subject that are there once, by their names.
    static func attributes(of subject: DistinguishedName) -> [String: String] {
        var attributes: [String: String] = [:]
        for (name, type) in parts {
            let values = values(of: type, in: subject)
            if let value = values.first, values.count == 1, isUsable(value) { attributes[name] = value }
        }
        return attributes
    }

    private static let parts: [(String, ASN1ObjectIdentifier)] = [
        ("commonName", .RDNAttributeType.commonName), ("organization", .RDNAttributeType.organizationName),
        ("organizationalUnit", .RDNAttributeType.organizationalUnitName),
        ("country", .RDNAttributeType.countryName), ("locality", .RDNAttributeType.localityName),
        ("stateOrProvince", .RDNAttributeType.stateOrProvinceName),
    ]

    private static func values(of type: ASN1ObjectIdentifier, in subject: DistinguishedName) -> [String] {
        subject.flatMap { part in part.filter { $0.type == type }.map { String($0.value) ?? "" } }
    }

    private static func isUsable(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maximumLength && !text.unicodeScalars.contains { $0.value < 0x20 }
    }
}
