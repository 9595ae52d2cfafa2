/// A file of user names, hashes of passwords and groups, as `martlet passwd` writes it.
public struct BrokerPasswordFile: Sendable, Hashable {
    /// Where the file is.
    public var path: String
    /// Passwords found right that are remembered, by a keyed hash, so that a fleet that reconnects costs no hashing; 0 for none.
    public var rememberedPasswords = 10_000
    /// How long one is remembered.
    public var rememberedFor = Duration.seconds(600)

    /// Names the file.
    ///
    /// - Parameter path: Where the file is.
    public init(path: String) {
        self.path = path
    }
}
