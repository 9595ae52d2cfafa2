extension StateStore {
    /// How many keys there are.
    package var count: Int { 0 }
    /// How many bytes all keys and values have.
    package var storedBytes: Int { 0 }
    /// How many bytes the store takes for them, about.
    package var allocatedBytes: Int { 0 }

    /// Finds a key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - now: The time: a key whose time is over is not found, even if it was not removed yet.
    /// - Returns: Nil if there is none.
    package func find(_ key: Span<UInt8>, now: Int64) -> StateHandle? { nil }
    /// Lends the bytes of the key.
    package func withKey<R, E: Error>(of handle: StateHandle, _ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        fatalError()
    }
    /// Lends the bytes of the value.
    package func withValue<R, E: Error>(of handle: StateHandle, _ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        fatalError()
    }
    package func key(of handle: StateHandle) -> [UInt8] { [] }
    package func value(of handle: StateHandle) -> [UInt8] { [] }
    package func version(of handle: StateHandle) -> StateVersion { fatalError() }
    /// When the key expires, in milliseconds since 1970; nil if it does not.
    package func expiresAt(of handle: StateHandle) -> Int64? { nil }
    package func fence(of handle: StateHandle) -> StateVersion? { nil }
    package func place(of handle: StateHandle) -> StatePlace { StatePlace() }
    package mutating func setPlace(_ place: StatePlace, of handle: StateHandle) {}
    package func isMemoryOnly(_ key: Span<UInt8>) -> Bool { false }

    /// Answers a request that changes nothing: GET, GETMANY, GETNEW, SCAN (the others are not for it).
    ///
    /// - Returns: The version for the answer's `__ts`, if it has one.
    package func answer(_ request: StateRequest, in bytes: Span<UInt8>, now: Int64, to out: inout [UInt8])
        -> StateVersion?
    {
        nil
    }
}
