package import StateStore

extension StateStoreVersion {
    /// Makes a version of the room `StateStore`'s.
    ///
    /// - Parameter version: The version.
    package init(_ version: StateVersion) {
        self.init(milliseconds: version.milliseconds, counter: version.counter, node: version.node)
    }

    /// The version as the room `StateStore` has it.
    package var stateVersion: StateVersion {
        StateVersion(milliseconds: self.milliseconds, counter: self.counter, node: self.node)
    }

    /// Reads a version as it stands in messages: `MILLISECONDS:COUNTER:NODE`.
    ///
    /// - Parameter text: The text.
    public init?(_ text: String) {
        guard let version = StateVersion(text) else { return nil }
        self.init(version)
    }
}

extension StateStoreVersion: CustomStringConvertible {
    /// The version as it stands in messages.
    public var description: String { self.stateVersion.text }
}
