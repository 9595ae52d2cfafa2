/// What a watch tells of a key.
public struct StateStoreChange: Sendable, Hashable {
    /// The value that the key has now; `nil` if it is gone.
    public var value: [UInt8]?
    /// When that happened; `nil` where the store does not tell it: a key that was read and is absent.
    public var version: StateStoreVersion?

    /// Makes a change.
    ///
    /// - Parameters:
    ///   - value: The value that the key has now; `nil` if it is gone.
    ///   - version: When that happened.
    public init(value: [UInt8]?, version: StateStoreVersion?) {
        self.value = value
        self.version = version
    }
}
