/// When a value was written: a hybrid logical clock's time, which orders all writes to one store.
///
/// Later writes have greater versions, also when the store's clock stands still or goes back. A version also serves as a
/// *fencing token*: see ``Lease``.
public struct StateStoreVersion: Sendable, Hashable {
    /// Milliseconds since 1970.
    public var milliseconds: Int64
    /// Tells apart what happened in the same millisecond.
    public var counter: UInt64
    /// Who gave the version.
    public var node: String

    /// Makes a version.
    ///
    /// - Parameters:
    ///   - milliseconds: Milliseconds since 1970.
    ///   - counter: Tells apart what happened in the same millisecond.
    ///   - node: Who gives it.
    public init(milliseconds: Int64, counter: UInt64, node: String) {
        self.milliseconds = milliseconds
        self.counter = counter
        self.node = node
    }
}

extension StateStoreVersion: Comparable {
    /// Whether a version is older than another.
    ///
    /// - Parameters:
    ///   - left: One version.
    ///   - right: Another.
    /// - Returns: Whether the left one is older.
    public static func < (left: StateStoreVersion, right: StateStoreVersion) -> Bool {
        if left.milliseconds != right.milliseconds { return left.milliseconds < right.milliseconds }
        if left.counter != right.counter { return left.counter < right.counter }
        return left.node.utf8.lexicographicallyPrecedes(right.node.utf8)
    }
}
