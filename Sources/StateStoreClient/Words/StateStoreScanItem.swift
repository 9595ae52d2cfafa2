/// A key that a scan found.
public struct StateStoreScanItem: Sendable, Hashable {
    /// The key.
    public var key: StateStoreKey
    /// When it was written last.
    public var version: StateStoreVersion
    /// The value, if the scan asked for values.
    public var value: [UInt8]?

    /// Makes an item.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - version: When it was written last.
    ///   - value: The value, if the scan asked for values.
    public init(key: StateStoreKey, version: StateStoreVersion, value: [UInt8]?) {
        self.key = key
        self.version = version
        self.value = value
    }
}
