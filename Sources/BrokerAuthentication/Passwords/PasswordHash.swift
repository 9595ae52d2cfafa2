import Crypto
import CryptoExtras
import Foundation

/// What is kept of a password: a salt and what a slow function made of both, with its parameters.
///
/// As text: `$scrypt$ln=15,r=8,p=3$SALT$HASH` or `$pbkdf2-sha512$i=210000$SALT$HASH`, salt and hash in base64 without padding.
package struct PasswordHash: Sendable, Hashable {
    /// The slow function, with what it costs.
    package enum Function: Sendable, Hashable {
        /// scrypt (RFC 7914).
        ///
        /// - Parameters:
        ///   - logCost: The binary logarithm of N.
        ///   - blockSize: r.
        ///   - parallelism: p.
        case scrypt(logCost: Int, blockSize: Int, parallelism: Int)
        /// PBKDF2 with HMAC-SHA-256 (RFC 8018).
        case pbkdf2SHA256(iterations: Int)
        /// PBKDF2 with HMAC-SHA-512.
        case pbkdf2SHA512(iterations: Int)

        /// 32 MiB, about 0.2 seconds of one core.
        package static let scrypt = Function.scrypt(logCost: 15, blockSize: 8, parallelism: 3)
        /// As many iterations as are advised for it.
        package static let pbkdf2 = Function.pbkdf2SHA512(iterations: 210_000)
    }

    /// The bounds of what a file may ask of the broker.
    enum Limits {
        /// Bytes of memory of one scrypt.
        static let memory = 256 << 20
        /// Blocks that one scrypt mixes: N · r · p.
        static let work = 1 << 24
        /// Iterations of PBKDF2.
        static let iterations = 1_000..<10_000_001
        /// Bytes of a salt.
        static let salt = 8..<65
        /// Bytes of a hash.
        static let hash = 16..<65
        /// Bytes of a password that is hashed.
        static let password = 1_024
    }

    /// How it is made.
    package let function: Function
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// Hashes a password with a new salt.
    ///
    /// This takes its time: about 0.2 seconds.
    ///
    /// - Parameters:
    ///   - password: The password.
    ///   - function: How.
    /// - Throws: For a password that is empty or too long.
    package init(password: [UInt8], function: Function = .scrypt) throws(AuthenticationError) {
        guard !password.isEmpty else { throw AuthenticationError(.content, "a password is not empty") }
        guard password.count <= Limits.password else {
            throw AuthenticationError(.content, "a password has at most \(Limits.password) bytes")
        }
        var random = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        guard let hash = Self.derive(password, salt, function, count: 32) else {
            throw AuthenticationError(.setting, "the password cannot be hashed with these parameters")
        }
        self.init(function: function, salt: salt, hash: hash)
    }

    private init(function: Function, salt: [UInt8], hash: [UInt8]) {
        self.function = function
        self.salt = salt
        self.hash = hash
    }

    /// What is compared for a user that is not there: it costs the same, and no password is right.
    static func ofNobody(_ function: Function) -> PasswordHash {
        PasswordHash(function: function, salt: [UInt8](repeating: 0, count: 16), hash: [])
    }

    /// Whether a password is the one; compared in a time that does not depend on where it differs.
    ///
    /// - Parameter password: What the client says.
    /// - Returns: Whether it is.
    package func isMade(of password: [UInt8]) -> Bool {
        // One of no length is hashed, too: how long this takes must not tell why it fails.
        let known = hash.isEmpty ? [UInt8](repeating: 0, count: 32) : hash
        guard password.count <= Limits.password,
            let derived = Self.derive(password, salt, function, count: known.count)
        else { return false }
        var difference: UInt8 = hash.isEmpty || password.isEmpty ? 1 : 0
        for index in known.indices { difference |= known[index] ^ derived[index] }
        return difference == 0
    }

    private static func derive(_ password: [UInt8], _ salt: [UInt8], _ function: Function, count: Int) -> [UInt8]? {
        // The library takes no password of no bytes; ``isMade(of:)`` finds it wrong all the same.
        let password = password.isEmpty ? [0] : password
        let key: SymmetricKey? =
            switch function {
            case .scrypt(let logCost, let blockSize, let parallelism):
                try? KDF.Scrypt.deriveKey(
                    from: password,
                    salt: salt,
                    outputByteCount: count,
                    rounds: 1 << logCost,
                    blockSize: blockSize,
                    parallelism: parallelism
                )
            case .pbkdf2SHA256(let iterations):
                try? KDF.Insecure.PBKDF2.deriveKey(
                    from: password,
                    salt: salt,
                    using: .sha256,
                    outputByteCount: count,
                    unsafeUncheckedRounds: iterations
                )
            case .pbkdf2SHA512(let iterations):
                try? KDF.Insecure.PBKDF2.deriveKey(
                    from: password,
                    salt: salt,
                    using: .sha512,
                    outputByteCount: count,
                    unsafeUncheckedRounds: iterations
                )
            }
        // Safe because the bytes are copied within the call.
        return key.map { $0.withUnsafeBytes { Array($0) } }
    }
}

extension PasswordHash: CustomStringConvertible {
    /// Reads the text of a hash.
    ///
    /// - Parameter text: As it stands in a file.
    /// - Throws: What is wrong with it.
    package init(_ text: String) throws(AuthenticationError) {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 5, fields[0].isEmpty else {
            throw Self.wrong("a hash is $scrypt$ln=…,r=…,p=…$SALT$HASH or $pbkdf2-sha512$i=…$SALT$HASH")
        }
        let numbers = try Self.numbers(fields[2])
        let function: Function
        switch fields[1] {
        case "scrypt":
            guard numbers.count == 3, let cost = numbers["ln"], let block = numbers["r"], let lanes = numbers["p"]
            else {
                throw Self.wrong("scrypt has the parameters ln, r and p")
            }
            function = .scrypt(logCost: cost, blockSize: block, parallelism: lanes)
        case "pbkdf2-sha256", "pbkdf2-sha512":
            guard numbers.count == 1, let iterations = numbers["i"] else {
                throw Self.wrong("PBKDF2 has the parameter i")
            }
            function =
                fields[1] == "pbkdf2-sha256"
                ? .pbkdf2SHA256(iterations: iterations) : .pbkdf2SHA512(iterations: iterations)
        default: throw Self.wrong("there is no hash '\(fields[1])'; there are scrypt, pbkdf2-sha256, pbkdf2-sha512")
        }
        try Self.check(function)
        guard let salt = Self.bytes(fields[3]), Limits.salt.contains(salt.count) else {
            throw Self.wrong("a salt is base64 of \(Limits.salt.lowerBound) to \(Limits.salt.upperBound - 1) bytes")
        }
        guard let hash = Self.bytes(fields[4]), Limits.hash.contains(hash.count) else {
            throw Self.wrong("the hash is base64 of \(Limits.hash.lowerBound) to \(Limits.hash.upperBound - 1) bytes")
        }
        self.init(function: function, salt: salt, hash: hash)
    }

    /// The text of the hash.
    package var description: String {
        let parameters =
            switch function {
            case .scrypt(let cost, let block, let lanes): "scrypt$ln=\(cost),r=\(block),p=\(lanes)"
            case .pbkdf2SHA256(let iterations): "pbkdf2-sha256$i=\(iterations)"
            case .pbkdf2SHA512(let iterations): "pbkdf2-sha512$i=\(iterations)"
            }
        return "$\(parameters)$\(Self.text(salt))$\(Self.text(hash))"
    }

    private static func check(_ function: Function) throws(AuthenticationError) {
        switch function {
        case .scrypt(let cost, let block, let lanes):
            guard (10...20).contains(cost), (1...32).contains(block), (1...64).contains(lanes),
                128 * block << cost <= Limits.memory, (block * lanes) << cost <= Limits.work
            else {
                throw wrong("scrypt with ln=\(cost),r=\(block),p=\(lanes) is too cheap or too dear; use ln=15,r=8,p=3")
            }
        case .pbkdf2SHA256(let iterations), .pbkdf2SHA512(let iterations):
            guard Limits.iterations.contains(iterations) else {
                throw wrong("PBKDF2 with i=\(iterations) is too cheap or too dear; use i=210000")
            }
        }
    }

    private static func numbers(_ text: String) throws(AuthenticationError) -> [String: Int] {
        var numbers: [String: Int] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, let value = Int(sides[1]), numbers.updateValue(value, forKey: sides[0]) == nil
            else { throw wrong("the parameters of a hash are NAME=NUMBER, separated by commas") }
        }
        return numbers
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        guard !text.contains("=") else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map(Array.init)
    }

    private static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "=", with: "")
    }

    private static func wrong(_ message: String) -> AuthenticationError {
        AuthenticationError(.content, message)
    }
}
