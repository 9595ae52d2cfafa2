import StateStoreClient

/// What `--json` prints of a write.
struct StateOutcome: Encodable {
    var applied: Bool
    /// The version of the write, or the one that is there.
    var version: String?

    init(applied: Bool, version: StateStoreVersion?) {
        self.applied = applied
        self.version = version.map { "\($0)" }
    }
}
