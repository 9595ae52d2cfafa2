extension StateStore {
    /// A version later than all before, and than the request's `__ts`.
    ///
    /// - Throws: ``StateError/timestampTooFarAhead``.
    package mutating func nextVersion(now: Int64, seeing timestamp: StateInstant?) throws(StateError) -> StateVersion {
        StateVersion(instant: try clock.tick(now: now, seeing: timestamp), node: configuration.node)
    }
    /// Whether a write may be done: lengths, fencing, condition, quotas, in this order. Changes nothing but the tally.
    package func check(
        _ write: StateWrite,
        in bytes: Span<UInt8>,
        now: Int64,
        tally: inout StateTally
    ) -> StateRefusal? { nil }
    /// Whether a key has a version now, for CHECK; nil means absent.
    package func hasVersion(_ version: StateVersion?, _ key: Span<UInt8>, now: Int64) -> Bool { true }
    /// Does a write that was checked at the same time.
    package mutating func apply(
        _ write: StateWrite,
        in bytes: Span<UInt8>,
        version: StateVersion,
        now: Int64
    ) -> StateChange { fatalError() }
    /// Removes keys whose time is over: at most `limit`, oldest first. All have one version.
    package mutating func expire(now: Int64, limit: Int) -> [StateRemoval] { [] }
    /// When the next key expires; `Int64.max` if none does.
    package var nextExpiry: Int64 { .max }

    /// Recovery: a key as a fact has it; the newest version of a key stays. False if a newer one is there already.
    package mutating func restore(
        key: Span<UInt8>,
        value: Span<UInt8>,
        version: StateVersion,
        expiresAt: Int64?,
        fence: StateVersion?,
        place: StatePlace
    ) -> Bool { false }
    /// Recovery: a key was removed. Returns where the journal keeps what was there, if something was.
    package mutating func restoreRemoval(key: Span<UInt8>, version: StateVersion) -> StatePlace? { nil }
    /// Recovery is over: brings the keys into the order of their change.
    package mutating func finishRestoring() {}
}
