import Crypto
import Foundation

/// Makes tokens byte by byte, right ones and forged ones, without the library that reads them.
enum TokenForge {
    static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "=", with: "")
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    }

    /// A token with these parts, signed by the closure.
    static func token(
        header: String,
        claims: String,
        sign: (Data) throws -> some Sequence<UInt8>
    ) rethrows -> String {
        let signed = base64URL(header.utf8) + "." + base64URL(claims.utf8)
        return signed + "." + base64URL(try sign(Data(signed.utf8)))
    }

    /// A token signed by a secret, with HS256.
    static func hs256(_ claims: String, secret: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#) -> String {
        token(header: header, claims: claims) { data in
            Array(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: Data(secret.utf8))))
        }
    }

    /// A token signed on P-256.
    static func es256(
        _ claims: String,
        key: P256.Signing.PrivateKey,
        header: String = #"{"alg":"ES256","typ":"JWT"}"#
    ) throws -> String {
        try token(header: header, claims: claims) { try key.signature(for: $0).rawRepresentation }
    }
}
