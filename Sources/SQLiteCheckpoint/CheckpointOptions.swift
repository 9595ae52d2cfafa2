/// What a checkpoint is told, and what bounds it.
package struct CheckpointOptions: Sendable {
    /// How many bytes of keys and values it keeps; past it, what was used longest ago goes.
    package var maximumBytes: Int64 = 4 << 30
    /// How many bytes of changes may wait to be written; past it, changes are forgotten (and their rows are deleted later).
    package var maximumWaitingBytes: Int = 64 << 20
    /// How many changes one transaction writes at the most.
    package var changesPerTransaction: Int = 4096
    /// How long changes gather before they are written.
    package var gathering: Duration = .milliseconds(50)

    /// Makes options of defaults.
    package init() {}
}
