/// Where keys are read from.
package struct TokenKeySource: Sendable, Hashable {
    /// What kind of file it is.
    package enum Kind: Sendable, Hashable {
        /// A secret, as its bytes.
        case secret
        /// A public key or a certificate, in PEM.
        case publicKey
        /// A set of public keys (JWKS).
        case keySet
    }

    package var kind: Kind
    package var path: String
    /// The one algorithm; nil for the usual one of the kind.
    package var algorithm: String?
    /// The `kid` of its tokens; nil for any.
    package var identifier: String?

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - kind: What kind of file it is.
    ///   - path: Where it is.
    ///   - algorithm: The one algorithm; nil for the usual one of the kind.
    ///   - identifier: The `kid` of its tokens; nil for any.
    package init(_ kind: Kind, path: String, algorithm: String? = nil, identifier: String? = nil) {
        self.kind = kind
        self.path = path
        self.algorithm = algorithm
        self.identifier = identifier
    }
}
