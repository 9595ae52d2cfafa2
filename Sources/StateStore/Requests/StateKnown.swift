/// A key and the version of it that a client knows, for GETNEW (extension).
package struct StateKnown: Hashable, Sendable {
    /// The key.
    package var key: [UInt8]
    /// The version; nil if the client knows none.
    package var version: StateVersion?

    /// Makes a pair.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - version: The version; nil if the client knows none.
    package init(key: [UInt8], version: StateVersion?) {
        self.key = key
        self.version = version
    }
}
