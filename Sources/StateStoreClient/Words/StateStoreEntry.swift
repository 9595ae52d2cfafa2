/// A value that a state store holds.
public struct StateStoreEntry: Sendable, Hashable {
    /// The value; may be empty.
    public var value: [UInt8]
    /// When it was written.
    public var version: StateStoreVersion

    /// Makes an entry.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - version: When it was written.
    public init(value: [UInt8], version: StateStoreVersion) {
        self.value = value
        self.version = version
    }
}
