import Metrics

/// What a worker counts of its state.
struct StateMetrics: Sendable {
    /// Commits that were made.
    let committed: Counter
    /// Commits that were refused because a version was another.
    let conflicts: Counter
    /// How many commits went in one request.
    let commitBatch: Recorder
    /// Reads that memory answered.
    let memoryReads: Counter
    /// Reads that the checkpoint answered.
    let checkpointReads: Counter
    /// Reads that the store was asked for.
    let storeReads: Counter
    /// Changes that the store told of.
    let notices: Counter
    /// How often the store had lost its content.
    let storesLost: Counter
    /// Values that such a store was given back.
    let valuesSeeded: Counter
    /// Checkpoints that were damaged.
    let checkpointsDamaged: Counter
    /// Messages without an identifier, where level B needs one.
    let unidentified: Counter
    /// Messages that were found applied already.
    let recognised: Counter

    /// Makes the counters of a worker.
    ///
    /// - Parameters:
    ///   - worker: The worker's name.
    ///   - factory: Makes them.
    init(worker: String, factory: any MetricsFactory) {
        let dimensions = [("worker", worker)]
        func counter(_ name: String, _ more: [(String, String)] = []) -> Counter {
            Counter(label: "martlet_state_\(name)", dimensions: dimensions + more, factory: factory)
        }
        committed = counter("committed")
        conflicts = counter("conflicts")
        commitBatch = Recorder(label: "martlet_state_commit_batch", dimensions: dimensions, factory: factory)
        memoryReads = counter("reads", [("from", "memory")])
        checkpointReads = counter("reads", [("from", "checkpoint")])
        storeReads = counter("reads", [("from", "store")])
        notices = counter("notices")
        storesLost = counter("stores_lost")
        valuesSeeded = counter("values_seeded")
        checkpointsDamaged = counter("checkpoints_damaged")
        unidentified = counter("unidentified")
        recognised = counter("recognised")
    }
}
