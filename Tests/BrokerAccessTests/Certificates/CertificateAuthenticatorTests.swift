import BrokerAccess
import BrokerAuthentication
import Crypto
import DevelopmentCertificates
import Foundation
import MQTTPackets
import SwiftASN1
import Testing
import X509

@Suite struct CertificateAuthenticatorTests {
    private static func peer(_ certificate: Certificate) throws -> AuthenticationPeer {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return AuthenticationPeer(
            listener: "tls",
            address: "192.0.2.7",
            isLocal: false,
            certificates: [serializer.serializedBytes]
        )
    }

    /// A certificate with any subject, signed by itself.
    private static func certificate(_ attributes: [RelativeDistinguishedName.Attribute]) throws -> Certificate {
        let key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName(attributes)
        return try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: .init(key.publicKey),
            notValidBefore: Date(),
            notValidAfter: Date() + 60,
            issuer: subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions(),
            issuerPrivateKey: .init(key)
        )
    }

    private static func name(_ text: String) -> RelativeDistinguishedName.Attribute {
        .init(type: .RDNAttributeType.commonName, utf8String: text)
    }

    @Test func theNameIsWhatTheSettingSays() async throws {
        let issued = try DevelopmentAuthority().client(
            "sensor-1",
            organizationalUnit: "lab",
            alternatives: ["sensor.example", "s@example.org", "spiffe://example.org/sensor"]
        )
        let peer = try Self.peer(try Certificate(pemEncoded: issued.certificate))
        let names: [(CertificateAuthenticator.Name, String)] = [
            (.commonName, "sensor-1"), (.dnsName, "sensor.example"), (.emailAddress, "s@example.org"),
            (.uri, "spiffe://example.org/sensor"),
        ]
        for (setting, expected) in names {
            let provider = CertificateAuthenticator(name: setting)
            let decision = await provider.authenticate(.connect("ignored", "x", client: "c9"), of: peer)
            let principal = Principal(
                userName: expected,
                clientIdentifier: "c9",
                attributes: ["commonName": "sensor-1", "organizationalUnit": "lab"]
            )
            #expect(decision.principal == principal)
        }
    }

    @Test func withoutACertificateSomebodyElseIsAsked() async {
        let provider = CertificateAuthenticator(name: .commonName)
        #expect(await provider.authenticate(.connect("a", "b"), of: .there).isUnknown)
    }

    @Test func aCertificateWithoutOneUsableNameIsRefused() async throws {
        let provider = CertificateAuthenticator(name: .commonName)
        for attributes in [
            [], [Self.name("a"), Self.name("b")], [Self.name("")], [Self.name("a\u{0}b")],
            [Self.name(String(repeating: "x", count: 2_000))],
        ] {
            let peer = try Self.peer(try Self.certificate(attributes))
            #expect(await provider.authenticate(.connect(nil, nil), of: peer).reason == .notAuthorized)
        }
        let uri = CertificateAuthenticator(name: .uri)
        let plain = try Self.peer(try Self.certificate([Self.name("a")]))
        #expect(await uri.authenticate(.connect(nil, nil), of: plain).reason == .notAuthorized)
        let garbage = AuthenticationPeer(listener: "tls", isLocal: false, certificates: [[1, 2, 3]])
        #expect(await provider.authenticate(.connect(nil, nil), of: garbage).reason == .notAuthorized)
    }
}
