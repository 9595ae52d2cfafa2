/// What an import did.
struct StateLoad: Encodable {
    var written = 0
    /// How many keys were there already.
    var skipped = 0
}
