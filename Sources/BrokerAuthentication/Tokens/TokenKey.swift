import JWTKit

/// One key and the one algorithm for which it is used: what a token says of itself chooses neither.
struct TokenKey: Sendable {
    /// The `kid` of the tokens that it signs; nil for any.
    var identifier: String?
    var algorithm: TokenAlgorithm
    /// The key, alone in a collection: so no other is ever tried in its place.
    var collection: JWTKeyCollection
}
