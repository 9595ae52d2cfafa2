package import BrokerAccess
import MQTTPackets

/// Looks user names and passwords up in a ``PasswordFile``.
package struct PasswordFileAuthenticator: Authenticator {
    private let users: [String: PasswordEntry]
    /// What a user that is not there is compared with: the functions of those that are, as often as they use them.
    private let functions: [PasswordHash.Function]
    private let hasher: PasswordHasher
    private let remembered: RememberedPasswords
    private let clock: WallClock

    /// Reads the file.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - hasher: The threads that hash; shared, and ended by who made them.
    ///   - rememberedPasswords: Passwords found right that are remembered.
    ///   - rememberedFor: For how long.
    ///   - clock: The time.
    /// - Throws: What is wrong with the file.
    package init(
        path: String,
        hasher: PasswordHasher,
        rememberedPasswords: Int,
        rememberedFor: Duration,
        clock: WallClock = .system
    ) throws(AuthenticationError) {
        let entries = try PasswordFile.read(path).entries(path: path)
        users = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
        functions = entries.isEmpty ? [.scrypt] : entries.map(\.hash.function)
        self.hasher = hasher
        remembered = RememberedPasswords(
            maximum: rememberedPasswords,
            lifetime: WallClock.milliseconds(rememberedFor)
        )
        self.clock = clock
    }

    package func authenticate(
        _ request: AuthenticationRequest,
        of peer: AuthenticationPeer
    ) async -> AuthenticationDecision {
        guard let name = request.userName, let password = request.password else { return .unknown }
        do {
            guard let entry = users[name] else {
                // As slow as for a user that is there, so that nobody learns by the time which names there are.
                let nobody = PasswordHash.ofNobody(functions[Int(name.hashValue.magnitude % UInt(functions.count))])
                _ = try await hasher.run { nobody.isMade(of: password) }
                return .unknown
            }
            let principal = Principal(
                userName: name,
                clientIdentifier: request.clientIdentifier,
                groups: entry.groups
            )
            let mark = remembered.mark(of: entry, password)
            if remembered.contains(mark, at: clock.now()) { return .accepted(principal) }
            guard try await hasher.run({ entry.hash.isMade(of: password) }) else {
                return .refused(.badUserNameOrPassword, "the password is wrong")
            }
            remembered.insert(mark, at: clock.now())
            return .accepted(principal)
        } catch {
            return .refused(.serverBusy, "too many passwords wait to be hashed")
        }
    }
}
