import Crypto
import Foundation
import SwiftASN1
import X509

/// A folder with authorities and the certificates they gave, gone with the test.
final class CertificateFolder: Sendable {
    /// The paths of a certificate and its key.
    struct Pair: Sendable {
        var certificate: String
        var key: String
    }

    /// An authority: its own certificate, and the key by which it gives others.
    struct Authority: Sendable {
        var path: String
        fileprivate var name: DistinguishedName
        fileprivate var key: P256.Signing.PrivateKey
    }

    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in the folder.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file.
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: file(name)))
        return file(name)
    }

    func authority(_ name: String) throws -> Authority {
        let key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date(timeIntervalSinceNow: -3_600),
            notValidAfter: Date(timeIntervalSinceNow: 86_400),
            issuer: subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            },
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
        let path = try write(certificate.serializeAsPEM().pemString, to: "\(name).pem")
        return Authority(path: path, name: subject, key: key)
    }

    /// A certificate for a server or a client.
    ///
    /// - Parameters:
    ///   - name: Its common name, and that of its files.
    ///   - authority: Who gives it.
    ///   - hosts: The DNS names in it; with `localhost` 127.0.0.1 is in it, too.
    ///   - lifetime: The seconds from now at which it begins and ends.
    /// - Returns: The paths of the certificate and its key.
    /// - Throws: When it can not be made or written.
    func certificate(
        _ name: String,
        from authority: Authority,
        hosts: [String] = [],
        lifetime: (TimeInterval, TimeInterval) = (-3_600, 86_400)
    ) throws -> Pair {
        let key = P256.Signing.PrivateKey()
        var alternatives = hosts.map { GeneralName.dnsName($0) }
        if hosts.contains("localhost") {
            alternatives.append(.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])))
        }
        let names = alternatives
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date(timeIntervalSinceNow: lifetime.0),
            notValidAfter: Date(timeIntervalSinceNow: lifetime.1),
            issuer: authority.name,
            subject: try DistinguishedName { CommonName(name) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth, .clientAuth])
                if !names.isEmpty { SubjectAlternativeNames(names) }
            },
            issuerPrivateKey: Certificate.PrivateKey(authority.key)
        )
        return Pair(
            certificate: try write(certificate.serializeAsPEM().pemString, to: "\(name).pem"),
            key: try write(key.pemRepresentation, to: "\(name).key")
        )
    }
}
