extension StateStore {
    /// Puts back a key as a fact of the journal has it; of several facts about a key the newest stays.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - value: Its value.
    ///   - version: Its version.
    ///   - expiresAt: When it expires, in milliseconds since 1970.
    ///   - fence: The fencing token that protects it.
    ///   - place: Where the journal keeps the fact.
    /// - Returns: False if a newer one is there, and this one is dead.
    @discardableResult
    package mutating func restore(
        key: Span<UInt8>,
        value: Span<UInt8>,
        version: StateVersion,
        expiresAt: Int64?,
        fence: StateVersion?,
        place: StatePlace
    ) -> Bool {
        clock.advance(past: version.instant)
        let hash = StateHash.hash(key, seed: configuration.seed)
        let found = slot(of: key, hash: hash)
        let packed = PackedInstant(version.instant)
        // A fact of the same version is the same one, moved by cleaning: the later place counts.
        if found != StateSlot.none, slots[found].version > packed { return false }
        let slot = put(key, value, hash: hash, in: found)
        slots[slot].version = packed
        setPlace(place, of: StateHandle(slot))
        setFence(fence, of: slot)
        if let expiresAt {
            expiries.set(expiresAt, of: slot, in: &slots)
        } else {
            expiries.remove(slot, in: &slots)
        }
        if newest != StateSlot.none, newest != slot, slots[newest].version > packed { isUnordered = true }
        makeNewest(slot)
        return true
    }

    /// Takes away a key that was removed.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - version: The version of the removal.
    /// - Returns: Where the journal keeps the fact about the key, which is dead; nil if there is none, or a newer one.
    @discardableResult
    package mutating func restoreRemoval(key: Span<UInt8>, version: StateVersion) -> StatePlace? {
        clock.advance(past: version.instant)
        let found = slot(of: key, hash: StateHash.hash(key, seed: configuration.seed))
        guard found != StateSlot.none, slots[found].version <= PackedInstant(version.instant) else { return nil }
        return remove(found)
    }

    /// Ends recovery: brings the keys into the order of their change, if cleaning moved facts out of it.
    package mutating func finishRestoring() {
        guard isUnordered else { return }
        isUnordered = false
        var order: [(version: PackedInstant, slot: Int32)] = []
        order.reserveCapacity(count)
        var slot = oldest
        while slot != StateSlot.none {
            order.append((slots[slot].version, slot))
            slot = slots[slot].next
        }
        order.sort { $0.version != $1.version ? $0.version < $1.version : $0.slot < $1.slot }
        oldest = StateSlot.none
        newest = StateSlot.none
        for (_, slot) in order {
            slots[slot].previous = newest
            slots[slot].next = StateSlot.none
            if newest == StateSlot.none { oldest = slot } else { slots[newest].next = slot }
            newest = slot
        }
    }

    /// Makes sure that every version is later than one that is known to be given out, for instance by a removal.
    ///
    /// - Parameter instant: The time of the version.
    package mutating func advance(past instant: StateInstant) {
        clock.advance(past: instant)
    }
}
