/// The state where there is no store: nothing can be read or set.
struct NoState: StateSource {
    /// Why there is none.
    let reason: String

    func read(_ key: String) async throws -> StoredState {
        throw WorkerError(.stateUnavailable, reason)
    }

    func willWrite(_ key: String) throws(WorkerError) {
        throw WorkerError(.stateUnavailable, reason)
    }
}
