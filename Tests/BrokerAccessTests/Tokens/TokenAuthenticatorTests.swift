import BrokerAccess
import Crypto
import CryptoExtras
import DevelopmentCertificates
import Foundation
import MQTTPackets
import Testing

@testable import BrokerAuthentication

@Suite struct TokenAuthenticatorTests {
    private static let secret = "0123456789abcdef0123456789abcdef"
    /// The time of all these tests, in seconds.
    private static let now: Int64 = 1_800_000_000
    private static let clock = WallClock { now * 1_000 }
    private static let claims = #"{"sub":"alice","exp":1800000100}"#

    private static func provider(
        _ keys: [TokenKeySource],
        _ change: (inout TokenAuthenticator.Settings) -> Void = { _ in }
    ) async throws -> TokenAuthenticator {
        var settings = TokenAuthenticator.Settings()
        change(&settings)
        return try await TokenAuthenticator(keys: keys, settings: settings, clock: clock)
    }

    private static func secretFile(_ folder: TemporaryFolder) throws -> TokenKeySource {
        TokenKeySource(.secret, path: try folder.write(secret + "\n", as: "secret"))
    }

    private static func decision(
        _ provider: TokenAuthenticator,
        _ token: String
    ) async -> AuthenticationDecision {
        await provider.authenticate(.connect("whoever", token), of: .there)
    }

    // MARK: Keys

    @Test func everyKindOfKeyVerifiesItsTokens() async throws {
        let folder = try TemporaryFolder()
        let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let p256 = P256.Signing.PrivateKey()
        let p384 = P384.Signing.PrivateKey()
        let p521 = P521.Signing.PrivateKey()
        let ed = Curve25519.Signing.PrivateKey()
        func header(_ name: String) -> String { #"{"alg":"\#(name)"}"# }
        let tokens: [(pem: String, algorithm: String, token: String)] = try [
            (p256.publicKey.pemRepresentation, "ES256", TokenForge.es256(Self.claims, key: p256)),
            (
                p384.publicKey.pemRepresentation, "ES384",
                TokenForge.token(header: header("ES384"), claims: Self.claims) {
                    try p384.signature(for: $0).rawRepresentation
                }
            ),
            (
                p521.publicKey.pemRepresentation, "ES512",
                TokenForge.token(header: header("ES512"), claims: Self.claims) {
                    try p521.signature(for: $0).rawRepresentation
                }
            ),
            (
                rsa.publicKey.pemRepresentation, "RS256",
                TokenForge.token(header: header("RS256"), claims: Self.claims) {
                    try rsa.signature(for: SHA256.hash(data: $0), padding: .insecurePKCS1v1_5).rawRepresentation
                }
            ),
            (
                rsa.publicKey.pemRepresentation, "PS384",
                TokenForge.token(header: header("PS384"), claims: Self.claims) {
                    try rsa.signature(for: SHA384.hash(data: $0), padding: .PSS).rawRepresentation
                }
            ),
            (
                Self.pem(ed.publicKey), "EdDSA",
                TokenForge.token(header: header("EdDSA"), claims: Self.claims) { try ed.signature(for: $0) }
            ),
        ]
        for (index, one) in tokens.enumerated() {
            let path = try folder.write(one.pem, as: "key")
            let chosen = one.algorithm == "PS384" ? "PS384" : nil
            let provider = try await Self.provider([TokenKeySource(.publicKey, path: path, algorithm: chosen)])
            for (other, token) in tokens.enumerated() {
                let principal = await Self.decision(provider, token.token).principal
                #expect((principal?.userName == "alice") == (other == index), "\(token.algorithm) by \(one.algorithm)")
            }
        }
        let secret = try await Self.provider([Self.secretFile(folder)])
        let decision = await Self.decision(secret, TokenForge.hs256(Self.claims, secret: Self.secret))
        #expect(decision.principal == Principal(userName: "alice", clientIdentifier: "c1"))
    }

    /// SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4).
    private static func pem(_ key: Curve25519.Signing.PublicKey) -> String {
        let der =
            [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00] + Array(key.rawRepresentation)
        return "-----BEGIN PUBLIC KEY-----\n\(Data(der).base64EncodedString())\n-----END PUBLIC KEY-----\n"
    }

    @Test func aCertificateIsAPublicKey() async throws {
        let folder = try TemporaryFolder()
        let issued = try DevelopmentAuthority().client("signer")
        let key = try P256.Signing.PrivateKey(pemRepresentation: issued.key)
        let path = try folder.write(issued.certificate, as: "cert.pem")
        let provider = try await Self.provider([TokenKeySource(.publicKey, path: path)])
        #expect(await Self.decision(provider, try TokenForge.es256(Self.claims, key: key)).principal != nil)
    }

    @Test func aKeySetIsReadByItsNames() async throws {
        let folder = try TemporaryFolder()
        let (first, second) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
        func jwk(_ key: P256.Signing.PublicKey, _ more: String) -> String {
            let point = Array(key.rawRepresentation)
            let (x, y) = (TokenForge.base64URL(point[..<32]), TokenForge.base64URL(point[32...]))
            return #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"\#(more)}"#
        }
        let set = """
            {"keys":[\(jwk(first.publicKey, #","kid":"one""#)),{"kty":"oct","k":"AAAA","kid":"x"},{"kty":"WHAT"},
            \(jwk(second.publicKey, #","kid":"two","alg":"ES256","use":"sig""#)),
            \(jwk(second.publicKey, #","kid":"three","use":"enc""#))]}
            """
        let path = try folder.write(set, as: "keys.json")
        let provider = try await Self.provider([TokenKeySource(.keySet, path: path)])
        func accepts(_ kid: String?, _ key: P256.Signing.PrivateKey) async throws -> Bool {
            let header = kid.map { #"{"alg":"ES256","kid":"\#($0)"}"# } ?? #"{"alg":"ES256"}"#
            let token = try TokenForge.es256(Self.claims, key: key, header: header)
            return await Self.decision(provider, token).principal != nil
        }
        #expect(try await accepts("one", first))
        #expect(try await accepts("two", second))
        #expect(try await !accepts("one", second))
        #expect(try await !accepts("two", first))
        #expect(try await !accepts("three", second))
        #expect(try await !accepts("four", first))
        #expect(try await !accepts(nil, first))
        let empty = try folder.write(#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, as: "none.json")
        await #expect(throws: AuthenticationError.self) {
            try await Self.provider([TokenKeySource(.keySet, path: empty)])
        }
    }

    @Test func filesThatAreNoKeysAreRefusedByName() async throws {
        let folder = try TemporaryFolder()
        let pem = P256.Signing.PrivateKey().publicKey.pemRepresentation
        let files: [(TokenKeySource.Kind, String, String?, String)] = [
            (.secret, "short", nil, "too easy"), (.secret, pem, nil, "PEM"),
            (.secret, Self.secret, "HS512", "64 bytes"),
            (.secret, Self.secret, "RS256", "no algorithm for a secret"), (.secret, Self.secret, "none", "'none'"),
            (.publicKey, "hello", nil, "no public key"), (.publicKey, pem, "RS256", "no algorithm for this key"),
            (.publicKey, P256.Signing.PrivateKey().pemRepresentation, nil, "no public key"),
            (.keySet, "[]", nil, "no JWKS"),
        ]
        for (kind, text, algorithm, words) in files {
            let path = try folder.write(text, as: "file")
            let error = await #expect(throws: AuthenticationError.self) {
                try await Self.provider([TokenKeySource(kind, path: path, algorithm: algorithm)])
            }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "") has no '\(words)'")
            #expect(error?.message.contains(Self.secret) == false)
        }
        await #expect(throws: AuthenticationError.self) { try await Self.provider([]) }
    }

    // MARK: Forgeries

    @Test func noTokenChoosesItsAlgorithm() async throws {
        let folder = try TemporaryFolder()
        let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let pem = rsa.publicKey.pemRepresentation
        let publicKey = try await Self.provider([TokenKeySource(.publicKey, path: folder.write(pem, as: "key"))])
        let secret = try await Self.provider([Self.secretFile(folder)])
        // Whoever knows the public key would sign with it, if it were taken for a secret.
        for text in [pem, pem + "\n"] {
            let confused = TokenForge.hs256(Self.claims, secret: text)
            #expect(await Self.decision(publicKey, confused).reason == .badUserNameOrPassword)
        }
        for name in ["none", "None", "NONE", "HS384", "RS256", ""] {
            let header = #"{"alg":"\#(name)"}"#
            let unsigned = TokenForge.token(header: header, claims: Self.claims) { _ in [UInt8]() }
            let signed = TokenForge.hs256(Self.claims, secret: Self.secret, header: header)
            for provider in [publicKey, secret] {
                for token in [unsigned, signed] {
                    let decision = await Self.decision(provider, token)
                    #expect(decision.principal == nil && decision.reason != nil, "\(name)")
                    #expect(!decision.text.contains("alice") && !decision.text.contains(Self.secret))
                }
            }
        }
    }

    @Test func whatIsChangedAfterSigningIsRefused() async throws {
        let folder = try TemporaryFolder()
        let provider = try await Self.provider([Self.secretFile(folder)])
        let good = TokenForge.hs256(Self.claims, secret: Self.secret)
        let parts = good.split(separator: ".").map(String.init)
        let other = TokenForge.base64URL(#"{"sub":"admin","exp":1800000100}"#.utf8)
        for token in [
            TokenForge.hs256(Self.claims, secret: Self.secret + "x"), "\(parts[0]).\(other).\(parts[2])",
            "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1]).AAAA",
            TokenForge.hs256("not json", secret: Self.secret), TokenForge.hs256("[1]", secret: Self.secret),
            TokenForge.hs256(Self.claims, secret: Self.secret, header: #"{"alg":"HS256","crit":["exp"]}"#),
            TokenForge.hs256(Self.claims + String(repeating: " ", count: 20_000), secret: Self.secret),
        ] {
            #expect(await Self.decision(provider, token).reason == .badUserNameOrPassword)
        }
        #expect(await Self.decision(provider, good).principal != nil)
        for password in ["secret", "a.b", "a.b.c", "..", good + ".x"] {
            #expect(await Self.decision(provider, password).isUnknown, "\(password)")
        }
    }

    // MARK: Claims

    @Test(arguments: [
        (#"{"sub":"a","exp":1799999969}"#, false), (#"{"sub":"a","exp":1799999971}"#, true),
        (#"{"sub":"a"}"#, false), (#"{"sub":"a","exp":"never"}"#, false), (#"{"sub":"a","exp":null}"#, false),
        (#"{"sub":"a","exp":1800000100,"nbf":1800000031}"#, false),
        (#"{"sub":"a","exp":1800000100,"nbf":1800000029}"#, true),
        (#"{"sub":"a","exp":1800000100,"nbf":"x"}"#, false), (#"{"exp":1800000100}"#, false),
        (#"{"sub":"","exp":1800000100}"#, false), (#"{"sub":7,"exp":1800000100}"#, false),
        (#"{"sub":"a","exp":1e300}"#, false),
    ])
    func timesAndNamesAreChecked(claims: String, isGood: Bool) async throws {
        let folder = try TemporaryFolder()
        let provider = try await Self.provider([Self.secretFile(folder)])
        let decision = await Self.decision(provider, TokenForge.hs256(claims, secret: Self.secret))
        #expect((decision.principal != nil) == isGood, "\(decision.text)")
    }

    @Test func issuerAndAudienceAreChecked() async throws {
        let folder = try TemporaryFolder()
        let provider = try await Self.provider([Self.secretFile(folder)]) {
            $0.issuers = ["https://id.example"]
            $0.audiences = ["broker", "mqtt"]
        }
        func accepts(_ more: String) async -> Bool {
            let token = TokenForge.hs256(#"{"sub":"a","exp":1800000100\#(more)}"#, secret: Self.secret)
            return await Self.decision(provider, token).principal != nil
        }
        #expect(await accepts(#","iss":"https://id.example","aud":"broker""#))
        #expect(await accepts(#","iss":"https://id.example","aud":["x","mqtt"]"#))
        for more in [
            "", #","iss":"https://id.example""#, #","aud":"broker""#, #","iss":"https://id.example","aud":"x""#,
            #","iss":"https://id.example","aud":["x"]"#, #","iss":"https://evil.example","aud":"broker""#,
            #","iss":["https://id.example"],"aud":"broker""#, #","iss":"https://id.example","aud":{"broker":1}"#,
        ] {
            #expect(await !accepts(more), "\(more)")
        }
    }

    @Test func claimsBecomeNameGroupsAndAttributes() async throws {
        let folder = try TemporaryFolder()
        let provider = try await Self.provider([Self.secretFile(folder)]) {
            $0.userNameClaim = "preferred_username"
            $0.groupsClaim = "realm_access.roles"
            $0.attributeClaims = ["site": "site", "floor": "place.floor", "on": "on", "gone": "gone", "odd": "odd"]
        }
        let claims = """
            {"preferred_username":"al","exp":1800000100,"realm_access":{"roles":["r1","r2"]},"site":"north",
            "place":{"floor":3},"on":true,"odd":{"x":1}}
            """
        let decision = await Self.decision(provider, TokenForge.hs256(claims, secret: Self.secret))
        let expected = Principal(
            userName: "al",
            clientIdentifier: "c1",
            attributes: ["site": "north", "floor": "3", "on": "true"],
            groups: ["r1", "r2"]
        )
        #expect(decision.principal == expected)
    }

    // MARK: Enhanced authentication

    @Test func theProofEndsWithTheToken() async throws {
        let folder = try TemporaryFolder()
        let token = TokenForge.hs256(Self.claims, secret: Self.secret)
        let ending = try await Self.provider([Self.secretFile(folder)])
        #expect(await Self.decision(ending, token).expiry == 1_800_000_130_000)
        let lasting = try await Self.provider([Self.secretFile(folder)]) { $0.endsConnections = false }
        #expect(await Self.decision(lasting, token).expiry == nil)
    }

    @Test func tokensComeAsEnhancedAuthenticationAndAgain() async throws {
        let folder = try TemporaryFolder()
        let provider = try await Self.provider([Self.secretFile(folder)])
        let token = TokenForge.hs256(Self.claims, secret: Self.secret)
        #expect(provider.methods == ["OAUTH2-JWT"])
        for step in [AuthenticationRequest.Step.connect, .reauthentication] {
            let good = await provider.authenticate(.enhanced("OAUTH2-JWT", token, step: step), of: .there)
            #expect(good.principal?.userName == "alice" && good.expiry != nil)
            let bad = await provider.authenticate(.enhanced("OAUTH2-JWT", "nonsense", step: step), of: .there)
            #expect(bad.reason == .badUserNameOrPassword)
        }
    }
}
