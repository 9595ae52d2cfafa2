/// A value as a checkpoint keeps it.
package struct CheckpointRow: Sendable, Equatable {
    /// The key.
    package var key: [UInt8]
    /// The version that the store gave it, in a form that orders as the versions do.
    package var version: CheckpointVersion
    /// The value as the store has it.
    package var value: [UInt8]

    /// Makes a row.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - version: The version that the store gave it.
    ///   - value: The value as the store has it.
    package init(key: [UInt8], version: CheckpointVersion, value: [UInt8]) {
        self.key = key
        self.version = version
        self.value = value
    }
}
