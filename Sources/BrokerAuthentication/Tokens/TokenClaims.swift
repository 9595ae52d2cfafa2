import JWTKit

/// What a token says, as it is.
struct TokenClaims: JWTPayload {
    private let values: [String: TokenValue]

    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: TokenValue].self)
    }

    func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(
            self,
            .init(codingPath: encoder.codingPath, debugDescription: "tokens are read only")
        )
    }

    /// The claim of a name; a dot leads into an object, as in `realm_access.roles`, where no claim is called so itself.
    subscript(_ name: String) -> TokenValue? {
        if let value = values[name] { return value }
        var value = TokenValue.object(values)
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard case .object(let members) = value, let member = members[String(part)] else { return nil }
            value = member
        }
        return value
    }

    /// Nothing: what is checked beside the signature is ``TokenAuthenticator``'s, by its settings and its clock.
    func verify(using algorithm: some JWTAlgorithm) throws {}
}
