import Crypto
import Foundation
import Synchronization

/// Passwords found right, by a keyed hash, so that a fleet that reconnects is not hashed again one by one.
///
/// A connection that breaks and comes back would else cost 0.2 seconds of a core: 10,000 clients behind one network fault 17 minutes on two
/// threads. What is kept is no password: an HMAC-SHA-256 with a key that only this process has, over the user, what the file keeps of its
/// password, and the password. Who can read the memory of the process can try passwords against it fast, but also reads those of clients that
/// connect.
final class RememberedPasswords: Sendable {
    private let maximum: Int
    private let lifetime: Int64
    private let key = SymmetricKey(size: .bits256)
    private let ends = Mutex<[[UInt8]: Int64]>([:])

    /// Makes an empty memory.
    ///
    /// - Parameters:
    ///   - maximum: Passwords kept at one time; past it one of them is forgotten.
    ///   - lifetime: Milliseconds for which one is kept.
    init(maximum: Int, lifetime: Int64) {
        self.maximum = maximum
        self.lifetime = lifetime
    }

    /// What a password is kept by.
    func mark(of entry: PasswordEntry, _ password: [UInt8]) -> [UInt8] {
        var code = HMAC<SHA256>(key: key)
        for part in [Array(entry.name.utf8), Array(entry.hash.description.utf8), password] {
            // With its length before it, no part runs over into the next.
            code.update(data: Array("\(part.count):".utf8))
            code.update(data: part)
        }
        return Array(code.finalize())
    }

    /// Whether a password was found right lately.
    func contains(_ mark: [UInt8], at now: Int64) -> Bool {
        ends.withLock { ends in
            guard let end = ends[mark] else { return false }
            if end > now { return true }
            ends[mark] = nil
            return false
        }
    }

    /// Remembers that a password is right.
    func insert(_ mark: [UInt8], at now: Int64) {
        guard maximum > 0 else { return }
        ends.withLock { ends in
            if ends.count >= maximum, ends[mark] == nil {
                ends = ends.filter { $0.value > now }
                if ends.count >= maximum, let any = ends.first?.key { ends[any] = nil }
            }
            ends[mark] = now + lifetime
        }
    }
}
