import Crypto
import Foundation
import JWTKit

extension TokenKeySource {
    /// Keys that a set may have.
    static let maximumKeys = 1_000

    /// Reads the keys.
    ///
    /// - Returns: At least one.
    /// - Throws: What is wrong with the file; never what is in it.
    func load() async throws(AuthenticationError) -> [TokenKey] {
        let bytes = try SettingFile.read(path, what)
        switch kind {
        case .secret: return [try await secret(bytes)]
        case .publicKey: return [try await publicKey(bytes)]
        case .keySet: return try await keySet(bytes)
        }
    }

    private var what: String {
        switch kind {
        case .secret: "the secret of tokens"
        case .publicKey: "the public key of tokens"
        case .keySet: "the key set of tokens"
        }
    }

    /// The algorithm that was set; nil where none was.
    private func chosenAlgorithm() throws(AuthenticationError) -> TokenAlgorithm? {
        guard let algorithm else { return nil }
        guard let known = TokenAlgorithm(rawValue: algorithm) else {
            let names = TokenAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw AuthenticationError(.setting, "there is no algorithm '\(algorithm)' for tokens; there are \(names)")
        }
        return known
    }

    private func wrong(_ message: String) -> AuthenticationError {
        AuthenticationError(.content, "\(path): \(message)")
    }

    private func unfit(_ algorithm: TokenAlgorithm, _ key: String) -> AuthenticationError {
        AuthenticationError(.setting, "\(path): \(algorithm.rawValue) is no algorithm for \(key)")
    }

    // MARK: A secret

    private func secret(_ bytes: [UInt8]) async throws(AuthenticationError) -> TokenKey {
        var secret = bytes[...]
        // The newline of whoever wrote it with an editor is no part of it.
        if secret.last == UInt8(ascii: "\n") { secret.removeLast() }
        if secret.last == UInt8(ascii: "\r") { secret.removeLast() }
        let algorithm = try chosenAlgorithm() ?? .hs256
        guard let length = algorithm.secretLength else { throw unfit(algorithm, "a secret") }
        guard secret.count >= length else {
            throw wrong(
                "a secret for \(algorithm.rawValue) has at least \(length) bytes; this one is too easy to guess"
            )
        }
        guard !secret.starts(with: "-----BEGIN".utf8) else {
            throw wrong("this is a key in PEM, not a secret: who knows the public key could sign tokens by it")
        }
        let collection = JWTKeyCollection()
        let digest: DigestAlgorithm = algorithm == .hs256 ? .sha256 : algorithm == .hs384 ? .sha384 : .sha512
        await collection.add(hmac: HMACKey(key: SymmetricKey(data: secret)), digestAlgorithm: digest)
        return TokenKey(identifier: identifier, algorithm: algorithm, collection: collection)
    }

    // MARK: A public key

    private func publicKey(_ bytes: [UInt8]) async throws(AuthenticationError) -> TokenKey {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("-----BEGIN"), !text.contains("PRIVATE KEY") else {
            throw wrong("this is no public key or certificate in PEM ('-----BEGIN PUBLIC KEY-----')")
        }
        let isCertificate = text.contains("-----BEGIN CERTIFICATE-----")
        let chosen = try chosenAlgorithm()
        let collection = JWTKeyCollection()
        var found: TokenAlgorithm?
        if let key = try? isCertificate ? ES256PublicKey(certificate: text) : ES256PublicKey(pem: text) {
            await collection.add(ecdsa: key)
            found = .es256
        } else if let key = try? isCertificate ? ES384PublicKey(certificate: text) : ES384PublicKey(pem: text) {
            await collection.add(ecdsa: key)
            found = .es384
        } else if let key = try? isCertificate ? ES512PublicKey(certificate: text) : ES512PublicKey(pem: text) {
            await collection.add(ecdsa: key)
            found = .es512
        } else if let key = try? EdDSA.PublicKey(pem: text) {
            await collection.add(eddsa: key)
            found = .edDSA
        } else if let key = Self.rsaKey(text, isCertificate) {
            found = await Self.add(key, chosen ?? .rs256, to: collection)
            if let chosen, found == nil { throw unfit(chosen, "an RSA key") }
        }
        guard let found else {
            throw wrong("the key is neither RSA of 2048 bits or more, nor on P-256, P-384 or P-521, nor Ed25519")
        }
        guard chosen == nil || chosen == found else {
            throw unfit(chosen ?? found, "this key; it is for \(found.rawValue)")
        }
        return TokenKey(identifier: identifier, algorithm: found, collection: collection)
    }

    private static func rsaKey(_ text: String, _ isCertificate: Bool) -> JWTKit.Insecure.RSA.PublicKey? {
        if isCertificate { return try? JWTKit.Insecure.RSA.PublicKey(certificatePEM: text) }
        return try? JWTKit.Insecure.RSA.PublicKey(pem: text)
    }

    private static func add(
        _ key: JWTKit.Insecure.RSA.PublicKey,
        _ algorithm: TokenAlgorithm,
        to collection: JWTKeyCollection
    ) async -> TokenAlgorithm? {
        switch algorithm {
        case .rs256: await collection.add(rsa: key, digestAlgorithm: .sha256)
        case .rs384: await collection.add(rsa: key, digestAlgorithm: .sha384)
        case .rs512: await collection.add(rsa: key, digestAlgorithm: .sha512)
        case .ps256: await collection.add(pss: key, digestAlgorithm: .sha256)
        case .ps384: await collection.add(pss: key, digestAlgorithm: .sha384)
        case .ps512: await collection.add(pss: key, digestAlgorithm: .sha512)
        default: return nil
        }
        return algorithm
    }

    // MARK: A key set

    /// A set as it lies in a file; a key that is of no use here (encryption, a kind that is not known) is passed over.
    private struct KeySet: Decodable {
        struct Member: Decodable {
            var key: JWK?
            var use: String?

            private enum Name: String, CodingKey { case use }

            init(from decoder: any Decoder) throws {
                key = try? JWK(from: decoder)
                use = try? decoder.container(keyedBy: Name.self).decodeIfPresent(String.self, forKey: .use)
            }
        }

        var keys: [Member]
    }

    private func keySet(_ bytes: [UInt8]) async throws(AuthenticationError) -> [TokenKey] {
        guard let set = try? JSONDecoder().decode(KeySet.self, from: Data(bytes)) else {
            throw wrong("this is no JWKS: an object with the list 'keys'")
        }
        guard set.keys.count <= Self.maximumKeys else { throw wrong("a set has at most \(Self.maximumKeys) keys") }
        let chosen = try chosenAlgorithm()
        var keys: [TokenKey] = []
        for member in set.keys where member.use == nil || member.use == "sig" {
            guard let key = member.key else { continue }
            if let usable = try await tokenKey(of: key, chosen) { keys.append(usable) }
        }
        guard !keys.isEmpty else {
            throw wrong("no key of the set can be used; there are RSA, EC (P-256, P-384, P-521) and OKP (Ed25519) keys")
        }
        return keys
    }

    private func tokenKey(of jwk: JWK, _ chosen: TokenAlgorithm?) async throws(AuthenticationError) -> TokenKey? {
        var jwk = jwk
        let named = jwk.algorithm.flatMap { TokenAlgorithm(rawValue: $0.rawValue) }
        if jwk.algorithm != nil, named == nil { return nil }
        // Never the algorithm that a token names: the one of the key, of the setting, or the usual one of its kind.
        let algorithm: TokenAlgorithm? =
            switch (jwk.keyType.rawValue, jwk.curve?.rawValue) {
            case ("RSA", _): named ?? chosen ?? .rs256
            case ("EC", "P-256"): .es256
            case ("EC", "P-384"): .es384
            case ("EC", "P-521"): .es512
            case ("OKP", "Ed25519"): .edDSA
            default: nil
            }
        guard let algorithm, named == nil || named == algorithm else { return nil }
        if let chosen, chosen != algorithm { return nil }
        guard let kind = JWK.Algorithm(rawValue: algorithm.rawValue) else { return nil }
        jwk.algorithm = kind
        let name = jwk.keyIdentifier?.string
        // A private half that somebody left in the file is of no use here.
        jwk.privateExponent = nil
        jwk.prime1 = nil
        jwk.prime2 = nil
        // The library wants a name by which to find it, where there is one key to find.
        jwk.keyIdentifier = JWKIdentifier(string: "key")
        let collection = JWTKeyCollection()
        do {
            try await collection.add(jwk: jwk, isDefault: true)
        } catch {
            throw wrong("the key '\(name ?? "without kid")' of the set cannot be used")
        }
        return TokenKey(identifier: identifier ?? name, algorithm: algorithm, collection: collection)
    }
}
