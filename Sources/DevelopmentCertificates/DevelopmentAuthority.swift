import Crypto
package import Foundation
import SwiftASN1
import X509

/// A certification authority with a key on P-256 that signs certificates for servers and for clients.
package struct DevelopmentAuthority: Sendable {
    /// How long an authority is good for, in days.
    package static let authorityDays = 3_650
    /// How long a certificate is good for where nothing else is said, in days; no longer than its authority in any case.
    package static let certificateDays = 365
    /// By how much clocks may be behind: certificates begin that much earlier.
    private static let clockDifference: TimeInterval = 300
    private static let day: TimeInterval = 86_400

    private let certificate: Certificate
    private let key: P256.Signing.PrivateKey
    /// Its own certificate and key.
    package let files: IssuedCertificate

    /// Makes an authority.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - now: When it begins.
    /// - Throws: ``CertificateError`` for a name that cannot stand in a certificate.
    package init(name: String = "Martlet development", now: Date = Date()) throws {
        let key = P256.Signing.PrivateKey()
        let subject = try Self.subject(name)
        let publicKey = Certificate.PublicKey(key.publicKey)
        let certificate = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: publicKey,
            notValidBefore: now - Self.clockDifference,
            notValidAfter: now + Double(Self.authorityDays) * Self.day,
            issuer: subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            },
            issuerPrivateKey: .init(key)
        )
        try self.init(certificate, key)
    }

    /// Takes up an authority that was made before.
    ///
    /// - Parameter files: Its certificate and key.
    /// - Throws: ``CertificateError`` where they are no authority, or do not belong together.
    package init(files: IssuedCertificate) throws {
        guard let certificate = try? Certificate(pemEncoded: files.certificate),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: files.key)
        else {
            throw CertificateError(.content, "the authority is no certificate and key on P-256 in PEM")
        }
        guard certificate.publicKey == Certificate.PublicKey(key.publicKey) else {
            throw CertificateError(.content, "the authority's certificate and key do not belong together")
        }
        guard case .isCertificateAuthority = try? certificate.extensions.basicConstraints else {
            throw CertificateError(.content, "the authority's certificate may not sign others")
        }
        try self.init(certificate, key)
    }

    private init(_ certificate: Certificate, _ key: P256.Signing.PrivateKey) throws {
        self.certificate = certificate
        self.key = key
        files = IssuedCertificate(
            certificate: try Self.pem(certificate),
            key: key.pemRepresentation + "\n"
        )
    }

    // MARK: Signing

    /// Makes a certificate for a server.
    ///
    /// - Parameters:
    ///   - names: The host names and IP addresses at which it is reached; the first is also its common name.
    ///   - days: How long it is good for.
    ///   - now: When it begins.
    /// - Returns: The certificate and its key.
    /// - Throws: ``CertificateError`` for a name that cannot stand in a certificate.
    package func server(
        names: [String],
        days: Int = certificateDays,
        now: Date = Date()
    ) throws -> IssuedCertificate {
        guard let first = names.first else { throw CertificateError(.name, "a server has at least one name") }
        return try issue(
            to: Self.subject(first),
            usage: ExtendedKeyUsage([.serverAuth]),
            alternatives: try names.map(Self.alternative),
            days,
            now
        )
    }

    /// Makes a certificate for a client.
    ///
    /// - Parameters:
    ///   - name: Who it is: the common name.
    ///   - organizationalUnit: A part of the subject that rules can ask for; nil for none.
    ///   - alternatives: DNS names, e-mail addresses (with `@`) and URIs (with `://`) beside it.
    ///   - days: How long it is good for.
    ///   - now: When it begins.
    /// - Returns: The certificate and its key.
    /// - Throws: ``CertificateError`` for a name that cannot stand in a certificate.
    package func client(
        _ name: String,
        organizationalUnit: String? = nil,
        alternatives: [String] = [],
        days: Int = certificateDays,
        now: Date = Date()
    ) throws -> IssuedCertificate {
        try issue(
            to: Self.subject(name, organizationalUnit),
            usage: ExtendedKeyUsage([.clientAuth]),
            alternatives: try alternatives.map(Self.alternative),
            days,
            now
        )
    }

    private func issue(
        to subject: DistinguishedName,
        usage: ExtendedKeyUsage,
        alternatives: [GeneralName],
        _ days: Int,
        _ now: Date
    ) throws -> IssuedCertificate {
        let key = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(key.publicKey)
        let authorityKey = SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier
        let issued = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: publicKey,
            notValidBefore: max(now - Self.clockDifference, certificate.notValidBefore),
            notValidAfter: min(now + Double(days) * Self.day, certificate.notValidAfter),
            issuer: certificate.subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                usage
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: authorityKey)
                if !alternatives.isEmpty { SubjectAlternativeNames(alternatives) }
            },
            issuerPrivateKey: .init(self.key)
        )
        return IssuedCertificate(certificate: try Self.pem(issued), key: key.pemRepresentation + "\n")
    }

    private static func pem(_ certificate: Certificate) throws -> String {
        try certificate.serializeAsPEM().pemString + "\n"
    }

    // MARK: Names

    private static func subject(_ name: String, _ unit: String? = nil) throws -> DistinguishedName {
        for text in [name, unit ?? "x"] {
            // A common name has at most 64 characters (RFC 5280, ub-common-name).
            guard !text.isEmpty, text.unicodeScalars.count <= 64, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
            else {
                throw CertificateError(
                    .name,
                    "a name in a certificate has 1 to 64 characters, none of them control characters"
                )
            }
        }
        return try DistinguishedName {
            if let unit { OrganizationalUnitName(unit) }
            CommonName(name)
        }
    }

    private static func alternative(_ text: String) throws -> GeneralName {
        if let address = IPAddressBytes(text) { return .ipAddress(ASN1OctetString(contentBytes: address.bytes[...])) }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw CertificateError(.name, "'\(text)' is no host name, IP address, e-mail address or URI in ASCII")
        }
        if text.contains("://") { return .uniformResourceIdentifier(text) }
        if text.contains("@") { return .rfc822Name(text) }
        guard text.utf8.count <= 253, !text.contains("/"), !text.contains(":") else {
            throw CertificateError(.name, "'\(text)' is no host name")
        }
        return .dnsName(text)
    }
}
