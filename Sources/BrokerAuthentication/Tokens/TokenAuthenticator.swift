package import BrokerAccess
import Foundation
import JWTKit
import MQTTPackets

/// Takes signed tokens (JWT, RFC 7519) for proofs: in the password, or as enhanced authentication, at first and again.
package struct TokenAuthenticator: Authenticator {
    /// What makes a token believed.
    package struct Settings: Sendable {
        /// The issuers that are believed; empty for any.
        package var issuers: Set<String> = []
        /// The audiences of which a token must name one; empty for any.
        package var audiences: Set<String> = []
        /// The claim that is the user name.
        package var userNameClaim = "sub"
        /// The claim that lists the groups; nil for none.
        package var groupsClaim: String?
        /// The claims that become attributes, by the name of the attribute.
        package var attributeClaims: [String: String] = [:]
        /// Whether a token without `exp` is refused.
        package var requiresExpiry = true
        /// How far clocks may differ.
        package var leeway = Duration.seconds(30)
        /// Whether the connection ends with the token.
        package var endsConnections = true
        /// The Authentication Method of tokens.
        package var method = "OAUTH2-JWT"

        /// The defaults.
        package init() {}
    }

    /// Bytes of a token.
    static let maximumLength = 16_384
    /// Groups that a token may list.
    static let maximumGroups = 1_000

    private let keys: [TokenKey]
    private let settings: Settings
    private let clock: WallClock
    package let methods: Set<String>

    /// Reads the keys.
    ///
    /// - Parameters:
    ///   - sources: Where the keys are.
    ///   - settings: What makes a token believed.
    ///   - clock: The time.
    /// - Throws: What is wrong with the keys or a setting.
    package init(
        keys sources: [TokenKeySource],
        settings: Settings,
        clock: WallClock = .system
    ) async throws(AuthenticationError) {
        guard !sources.isEmpty else {
            throw AuthenticationError(.setting, "tokens need a key by which they are verified")
        }
        var keys: [TokenKey] = []
        for source in sources { keys += try await source.load() }
        self.keys = keys
        self.settings = settings
        self.clock = clock
        methods = settings.method.isEmpty ? [] : [settings.method]
    }

    package func authenticate(
        _ request: AuthenticationRequest,
        of peer: AuthenticationPeer
    ) async -> AuthenticationDecision {
        guard request.method != nil else {
            guard let password = request.password, let header = Self.header(of: password) else { return .unknown }
            return await decide(password, header, request)
        }
        guard let data = request.data, let header = Self.header(of: data) else {
            return .refused(.badUserNameOrPassword, "the authentication data is no token")
        }
        return await decide(data, header, request)
    }

    /// The head of what looks like a token: three parts, the first of which is an object that names an algorithm.
    private static func header(of bytes: [UInt8]) -> JWTHeader? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count < 4_096, let json = base64URL(parts[0]),
            let header = try? JSONDecoder().decode(JWTHeader.self, from: json), header.alg != nil
        else { return nil }
        return header
    }

    private static func base64URL(_ bytes: ArraySlice<UInt8>) -> Data? {
        let text = String(decoding: bytes, as: UTF8.self)
            .replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        return Data(base64Encoded: text + String(repeating: "=", count: (4 - bytes.count % 4) % 4))
    }

    private func decide(
        _ token: [UInt8],
        _ header: JWTHeader,
        _ request: AuthenticationRequest
    ) async -> AuthenticationDecision {
        guard token.count <= Self.maximumLength else { return refused("the token is too long") }
        // A token that says that more has to be understood (RFC 7515 §4.1.11) is not understood.
        guard header[dynamicMember: "crit"] == nil else {
            return refused("the token asks for what is not known ('crit')")
        }
        let fitting = keys.filter { key in
            key.algorithm.rawValue == header.alg && (key.identifier == nil || key.identifier == header.kid)
        }
        guard !fitting.isEmpty else { return refused("no key is for the algorithm and key identifier of the token") }
        for key in fitting {
            guard let claims = try? await key.collection.verify(token, as: TokenClaims.self) else { continue }
            return judge(claims, request)
        }
        return refused("the signature of the token is wrong, or what it signs is no object")
    }

    private func judge(_ claims: TokenClaims, _ request: AuthenticationRequest) -> AuthenticationDecision {
        let now = clock.now()
        let leeway = WallClock.milliseconds(settings.leeway)
        let expiry = claims["exp"]?.milliseconds
        if claims["exp"] != nil, expiry == nil { return refused("the 'exp' of the token is no time") }
        guard expiry != nil || !settings.requiresExpiry else { return refused("the token never expires") }
        if let expiry, expiry + leeway <= now { return refused("the token has expired") }
        if let start = claims["nbf"] {
            guard let time = start.milliseconds else { return refused("the 'nbf' of the token is no time") }
            if time - leeway > now { return refused("the token is not valid yet") }
        }
        if !settings.issuers.isEmpty {
            guard case .text(let issuer) = claims["iss"], settings.issuers.contains(issuer) else {
                return refused("the token is of another issuer")
            }
        }
        if !settings.audiences.isEmpty {
            guard let audiences = claims["aud"]?.names, !settings.audiences.isDisjoint(with: audiences) else {
                return refused("the token is for another audience")
            }
        }
        guard case .text(let userName) = claims[settings.userNameClaim], !userName.isEmpty else {
            return refused("the token has no text '\(settings.userNameClaim)' to be the user name")
        }
        var principal = Principal(userName: userName, clientIdentifier: request.clientIdentifier)
        if let claim = settings.groupsClaim, let groups = claims[claim] {
            guard let names = groups.names, names.count <= Self.maximumGroups else {
                return refused("'\(claim)' of the token is no list of groups")
            }
            principal.groups = names
        }
        for (attribute, claim) in settings.attributeClaims {
            if let value = claims[claim]?.name { principal.attributes[attribute] = value }
        }
        let end = settings.endsConnections ? expiry.map { $0 + leeway } : nil
        return .decided(.accepted(principal, data: nil), expiry: end)
    }

    private func refused(_ text: String) -> AuthenticationDecision {
        .refused(.badUserNameOrPassword, text)
    }
}
