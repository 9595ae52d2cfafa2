/// A key whose time was over, and that was removed.
package struct StateRemoval: Hashable, Sendable {
    /// The key.
    package var key: [UInt8]
    /// The version of the removal.
    package var version: StateVersion
    /// Where the journal kept the key.
    package var previous: StatePlace
}
