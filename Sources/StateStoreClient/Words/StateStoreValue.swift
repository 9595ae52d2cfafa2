/// A typed value that a state store holds.
public struct StateStoreValue<Value> {
    /// The value.
    public var value: Value
    /// When it was written.
    public var version: StateStoreVersion

    /// Makes one.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - version: When it was written.
    public init(value: Value, version: StateStoreVersion) {
        self.value = value
        self.version = version
    }
}

extension StateStoreValue: Sendable where Value: Sendable {}
extension StateStoreValue: Equatable where Value: Equatable {}
