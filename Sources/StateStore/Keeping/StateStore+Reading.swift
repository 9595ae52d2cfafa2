extension StateStore {
    /// How many bytes the store takes for its keys, all in all.
    package var allocatedBytes: Int {
        slots.allocatedBytes + index.allocatedBytes + bodies.allocatedBytes + expiries.allocatedBytes
    }

    /// Finds a key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - now: The time: a key whose time is over is not found, even if it was not removed yet.
    /// - Returns: Nil if there is none.
    @inline(__always)
    package func find(_ key: Span<UInt8>, now: Int64) -> StateHandle? {
        let slot = slot(of: key, hash: StateHash.hash(key, seed: configuration.seed))
        return slot == StateSlot.none || isOver(slot, now: now) ? nil : StateHandle(slot)
    }

    /// Lends the bytes of a key.
    ///
    /// - Parameters:
    ///   - handle: The key.
    ///   - body: Gets the bytes.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @inline(__always)
    package func withKey<Result, Failure: Error>(
        of handle: StateHandle,
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let slot = slots[handle.index]
        return try bodies.withBytes(0..<Int(slot.keyLength), slot.chunk, slot.cell, body)
    }

    /// Lends the bytes of a key's value.
    ///
    /// - Parameters:
    ///   - handle: The key.
    ///   - body: Gets the bytes.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @inline(__always)
    package func withValue<Result, Failure: Error>(
        of handle: StateHandle,
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let slot = slots[handle.index]
        return try bodies.withBytes(Int(slot.keyLength)..<slot.bodyLength, slot.chunk, slot.cell, body)
    }

    /// A copy of a key's bytes.
    ///
    /// - Parameter handle: The key.
    /// - Returns: Its bytes.
    package func key(of handle: StateHandle) -> [UInt8] {
        withKey(of: handle) { Array(span: $0) }
    }

    /// A copy of the bytes of a key's value.
    ///
    /// - Parameter handle: The key.
    /// - Returns: The bytes.
    package func value(of handle: StateHandle) -> [UInt8] {
        withValue(of: handle) { Array(span: $0) }
    }

    /// The version of a key.
    ///
    /// - Parameter handle: The key.
    /// - Returns: The version of its last write.
    @inline(__always)
    package func version(of handle: StateHandle) -> StateVersion {
        StateVersion(instant: slots[handle.index].version.instant, node: configuration.node)
    }

    /// When a key expires.
    ///
    /// - Parameter handle: The key.
    /// - Returns: Milliseconds since 1970; nil if it does not expire.
    package func expiresAt(of handle: StateHandle) -> Int64? {
        let place = slots[handle.index].expiry
        return place == StateSlot.none ? nil : expiries.time(at: place)
    }

    /// The fencing token that protects a key.
    ///
    /// - Parameter handle: The key.
    /// - Returns: Nil if none does.
    package func fence(of handle: StateHandle) -> StateVersion? {
        slots[handle.index].isFenced ? fences[handle.index] : nil
    }

    /// Where the journal keeps a key.
    ///
    /// - Parameter handle: The key.
    /// - Returns: The place that ``setPlace(_:of:)`` or recovery set; a write forgets it.
    @inline(__always)
    package func place(of handle: StateHandle) -> StatePlace {
        StatePlace(page: slots[handle.index].page, bytes: slots[handle.index].pageBytes)
    }

    /// Notes where the journal keeps a key.
    ///
    /// - Parameters:
    ///   - place: The place.
    ///   - handle: The key.
    @inline(__always)
    package mutating func setPlace(_ place: StatePlace, of handle: StateHandle) {
        slots[handle.index].page = place.page
        slots[handle.index].pageBytes = place.bytes
    }

    /// Whether a key is kept in memory only by the settings.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether it begins with one of their prefixes.
    package mutating func isMemoryOnly(_ key: Span<UInt8>) -> Bool {
        for prefix in configuration.memoryOnlyPrefixes where key.matches(prefix.span) { return true }
        return false
    }

    /// Whether a key has a version, for CHECK.
    ///
    /// - Parameters:
    ///   - version: The version; nil stands for no such key.
    ///   - key: The key.
    ///   - now: The time.
    /// - Returns: Whether it is so.
    package func hasVersion(_ version: StateVersion?, _ key: Span<UInt8>, now: Int64) -> Bool {
        find(key, now: now).map { self.version(of: $0) } == version
    }

    /// The slot of a key, whether its time is over or not.
    @inline(__always)
    func slot(of key: Span<UInt8>, hash: UInt32) -> Int32 {
        index.find(hash) { index in
            let slot = slots[index]
            guard slot.hash == hash, Int(slot.keyLength) == key.count else { return false }
            return bodies.withBytes(0..<key.count, slot.chunk, slot.cell) { $0.matches(key) }
        }
    }

    /// Whether the time of a slot is over.
    @inline(__always)
    func isOver(_ slot: Int32, now: Int64) -> Bool {
        let place = slots[slot].expiry
        return place != StateSlot.none && expiries.time(at: place) <= now
    }
}
