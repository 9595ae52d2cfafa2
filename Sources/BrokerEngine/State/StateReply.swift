import StateStore

/// What an answer needs beside its payload.
struct StateReply {
    /// The version for its `__ts`.
    var version: StateVersion?
    /// The page that must be durable before it leaves; 0 for none.
    var page: UInt64 = 0
}
