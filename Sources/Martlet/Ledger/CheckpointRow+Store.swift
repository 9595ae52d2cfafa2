import SQLiteCheckpoint
import StateStore
import StateStoreClient

extension CheckpointRow {
    /// Makes a row of what the store has.
    ///
    /// - Parameters:
    ///   - key: The whole key.
    ///   - entry: The value with its version.
    init(_ key: StateStoreKey, _ entry: StateStoreEntry) {
        self.init(key: key.bytes, version: CheckpointVersion(entry.version), value: entry.value)
    }
}

extension CheckpointVersion {
    /// Takes the store's version over.
    ///
    /// - Parameter version: The version.
    init(_ version: StateStoreVersion) {
        let counter = Int64(clamping: version.counter)
        self.init(milliseconds: version.milliseconds, counter: counter, node: version.node)
    }
}

extension StateStoreVersion {
    /// Takes the checkpoint's version over.
    ///
    /// - Parameter version: The version.
    init(_ version: CheckpointVersion) {
        self.init(
            milliseconds: version.milliseconds,
            counter: UInt64(clamping: version.counter),
            node: version.node
        )
    }

    /// Takes the version of a commit over.
    ///
    /// - Parameter version: The version.
    init(_ version: StateVersion) {
        self.init(milliseconds: version.milliseconds, counter: version.counter, node: version.node)
    }

    /// The version as commits have it.
    var stateVersion: StateVersion {
        StateVersion(milliseconds: milliseconds, counter: counter, node: node)
    }
}
