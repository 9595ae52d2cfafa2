import StateStoreClient

/// Where a run of a handler reads the state from.
protocol StateSource: Sendable {
    /// Reads what stands under a key.
    ///
    /// - Parameter key: The key without the worker's root.
    /// - Returns: What stands there.
    /// - Throws: Any error, which the handler gets.
    func read(_ key: String) async throws -> StoredState

    /// Says that the run will write a key, before it is read for that; what cannot be written is refused here.
    ///
    /// - Parameter key: The key without the worker's root.
    /// - Throws: ``WorkerError`` when this level cannot write it.
    func willWrite(_ key: String) throws(WorkerError)
}

/// What stands under a key of the state.
struct StoredState: Sendable {
    /// The version, or `nil` when nothing stands there.
    var version: StateStoreVersion?
    /// The value, or `nil` when nothing stands there.
    var envelope: StateEnvelope?

    /// Nothing stands there.
    static let absent = StoredState(version: nil, envelope: nil)
}
