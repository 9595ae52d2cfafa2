/// What state store the client's broker leads to.
public struct StateStoreCapabilities: Sendable, Hashable {
    /// Whether a store answers the protocol at all.
    public var hasStore: Bool
    /// Whether the broker is Martlet's and confirmed its extension: write if version equals, many keys at once, scan, and the commit.
    public var hasExtension: Bool

    /// Makes a description.
    ///
    /// - Parameters:
    ///   - hasStore: Whether a store answers the protocol.
    ///   - hasExtension: Whether it has Martlet's extension.
    public init(hasStore: Bool, hasExtension: Bool) {
        self.hasStore = hasStore
        self.hasExtension = hasExtension
    }
}
