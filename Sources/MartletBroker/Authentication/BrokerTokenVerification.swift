/// Which signed tokens (JWT) prove who a client is.
///
/// The signature, `exp`, `nbf`, the issuer and the audience are checked; a token says by itself neither which algorithm nor which key is right for it.
public struct BrokerTokenVerification: Sendable, Hashable {
    /// A key by which tokens are signed.
    public struct Key: Sendable, Hashable {
        /// What kind of key it is.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// A secret shared with who signs, as the bytes of the file without a newline at the end: HS256, HS384, HS512.
            case secret
            /// A public key, or a certificate, in PEM: RS256 to PS512, ES256 to ES512, EdDSA.
            case publicKey
            /// A set of public keys (JWKS, RFC 7517).
            case keySet
        }

        /// What kind of key it is.
        public var kind: Kind
        /// The file that holds it.
        public var path: String
        /// The one algorithm for which it is used, such as `HS256`.
        ///
        /// Nil for `HS256` with a secret, `RS256` with an RSA key, the one of its curve for any other, and for the one that each key of a set names.
        public var algorithm: String?
        /// The `kid` of tokens that are signed by it; nil for tokens that name any or none.
        public var identifier: String?

        /// Names a key.
        ///
        /// - Parameters:
        ///   - kind: What kind of key it is.
        ///   - path: The file that holds it.
        ///   - algorithm: The one algorithm for which it is used; nil as ``algorithm`` says.
        ///   - identifier: The `kid` of its tokens; nil for any.
        public init(_ kind: Kind, path: String, algorithm: String? = nil, identifier: String? = nil) {
            self.kind = kind
            self.path = path
            self.algorithm = algorithm
            self.identifier = identifier
        }
    }

    /// The keys by which tokens may be signed.
    public var keys: [Key]
    /// The issuers (`iss`) that are believed; empty for any that has a key.
    public var issuers: [String] = []
    /// The audiences (`aud`) that are this broker, one of which a token must name; empty where tokens are not made for an audience.
    public var audiences: [String] = []
    /// The claim that is the user name.
    public var userNameClaim = "sub"
    /// The claim that lists the groups, a text or a list of texts; nil for none.
    public var groupsClaim: String? = "groups"
    /// The claims that become attributes, by the name of the attribute.
    public var attributeClaims: [String: String] = [:]
    /// Whether a token without `exp` is refused.
    public var requiresExpiry = true
    /// How far the clock of who signs may differ from this one.
    public var leeway = Duration.seconds(30)
    /// Whether a connection ends when its token does, unless it brought a new one (AUTH 0x19) meanwhile.
    public var endsConnections = true
    /// The Authentication Method by which clients may bring a token as enhanced authentication, at first and again.
    public var method = "OAUTH2-JWT"

    /// Makes a verification.
    ///
    /// - Parameter keys: The keys by which tokens may be signed.
    public init(keys: [Key]) {
        self.keys = keys
    }
}
