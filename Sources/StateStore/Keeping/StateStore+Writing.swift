extension StateStore {
    /// A version later than all before, and than the request's `__ts`.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - timestamp: The time of the request's `__ts`.
    /// - Returns: The version for all writes of the request.
    /// - Throws: ``StateError/timestampTooFarAhead``.
    @inline(__always)
    package mutating func nextVersion(
        now: Int64,
        seeing timestamp: StateInstant? = nil
    ) throws(StateError) -> StateVersion {
        StateVersion(instant: try clock.tick(now: now, seeing: timestamp), node: configuration.node)
    }

    /// Does a write that was checked, at the same time, in the same state of its key.
    ///
    /// - Parameters:
    ///   - write: The write.
    ///   - bytes: The bytes of the request.
    ///   - version: A version of ``nextVersion(now:seeing:)``.
    ///   - now: The time.
    /// - Returns: What it did. The place of a key that was set is empty until ``setPlace(_:of:)``.
    package mutating func apply(
        _ write: StateWrite,
        in bytes: Span<UInt8>,
        version: StateVersion,
        now: Int64
    ) -> StateChange {
        let key = bytes.extracting(write.key)
        let hash = StateHash.hash(key, seed: configuration.seed)
        let found = slot(of: key, hash: hash)
        switch write.action {
        case .delete:
            guard found != StateSlot.none else { return StateChange(handle: nil, previous: StatePlace()) }
            return StateChange(handle: nil, previous: remove(found))
        case .set:
            let previous = found == StateSlot.none ? StatePlace() : place(of: StateHandle(found))
            // What is over is gone, and its token with it.
            if found != StateSlot.none, isOver(found, now: now) { setFence(nil, of: found) }
            let slot = put(key, bytes.extracting(write.value), hash: hash, in: found)
            setPlace(StatePlace(), of: StateHandle(slot))
            slots[slot].version = PackedInstant(version.instant)
            if let lifetime = write.lifetime {
                let (sum, overflowed) = now.addingReportingOverflow(lifetime)
                expiries.set(overflowed ? .max : sum, of: slot, in: &slots)
            } else {
                expiries.remove(slot, in: &slots)
            }
            if let token = write.fencingToken { setFence(token, of: slot) }
            makeNewest(slot)
            return StateChange(handle: StateHandle(slot), previous: previous)
        }
    }

    /// When the next key expires, in milliseconds since 1970; `Int64.max` if none does.
    // Mutating, though it changes nothing: what only borrows the store is given a copy of it, and this is asked all the time.
    package var nextExpiry: Int64 {
        mutating get { expiries.next }
    }

    /// Removes keys whose time is over, the earliest first.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - limit: How many keys are removed at most; ``StateStoreConfiguration/expiriesPerTick`` is made for it.
    /// - Returns: What was removed; all of it has one version.
    package mutating func expire(now: Int64, limit: Int) -> [StateRemoval] {
        guard expiries.next <= now, limit > 0, let instant = try? clock.tick(now: now) else { return [] }
        let version = StateVersion(instant: instant, node: configuration.node)
        var removals: [StateRemoval] = []
        while removals.count < limit, expiries.next <= now {
            let handle = StateHandle(expiries.first)
            let key = key(of: handle)
            removals.append(StateRemoval(key: key, version: version, previous: remove(handle.index)))
        }
        return removals
    }

    // MARK: Slots

    /// Gives a key its value: in the slot that it has, or in a new one.
    ///
    /// - Returns: The slot.
    @inline(__always)
    mutating func put(_ key: Span<UInt8>, _ value: Span<UInt8>, hash: UInt32, in found: Int32) -> Int32 {
        let length = key.count &+ value.count
        var slot = found
        if found == StateSlot.none {
            slot = slots.allocate()
            slots[slot].hash = hash
            slots[slot].keyLength = UInt16(key.count)
            (slots[slot].chunk, slots[slot].cell) = bodies.allocate(length)
            bodies.write(key, slots[slot].chunk, slots[slot].cell, at: 0)
            index.insert(slot, hash: hash, in: slots)
            count &+= 1
        } else {
            storedBytes &-= slots[slot].bodyLength
            if !bodies.fits(length, in: slots[slot].chunk) {
                bodies.free(slots[slot].chunk, slots[slot].cell)
                (slots[slot].chunk, slots[slot].cell) = bodies.allocate(length)
                bodies.write(key, slots[slot].chunk, slots[slot].cell, at: 0)
            }
        }
        bodies.write(value, slots[slot].chunk, slots[slot].cell, at: key.count)
        slots[slot].valueLength = value.count
        storedBytes &+= length
        return slot
    }

    /// Removes a key.
    ///
    /// - Returns: Where the journal kept it.
    mutating func remove(_ slot: Int32) -> StatePlace {
        let place = place(of: StateHandle(slot))
        expiries.remove(slot, in: &slots)
        setFence(nil, of: slot)
        unlink(slot)
        index.remove(slot, hash: slots[slot].hash, in: slots)
        bodies.free(slots[slot].chunk, slots[slot].cell)
        storedBytes &-= slots[slot].bodyLength
        count &-= 1
        slots.free(slot)
        return place
    }

    mutating func setFence(_ token: StateVersion?, of slot: Int32) {
        if token == nil, !slots[slot].isFenced { return }
        slots[slot].isFenced = token != nil
        fences[slot] = token
    }

    // MARK: The order of change

    /// Puts a slot behind all others in the order of change.
    @inline(__always)
    mutating func makeNewest(_ slot: Int32) {
        if newest == slot { return }
        unlink(slot)
        slots[slot].previous = newest
        if newest == StateSlot.none { oldest = slot } else { slots[newest].next = slot }
        newest = slot
    }

    @inline(__always)
    private mutating func unlink(_ slot: Int32) {
        let (previous, next) = (slots[slot].previous, slots[slot].next)
        if previous != StateSlot.none {
            slots[previous].next = next
        } else if oldest == slot {
            oldest = next
        }
        if next != StateSlot.none {
            slots[next].previous = previous
        } else if newest == slot {
            newest = previous
        }
        slots[slot].previous = StateSlot.none
        slots[slot].next = StateSlot.none
    }
}
