extension StateStore {
    /// Whether the times of a request may be: for every request that has a `__ts`, also if it changes nothing.
    ///
    /// - Parameters:
    ///   - timestamp: The time of its `__ts`.
    ///   - now: The time.
    /// - Returns: The error to answer with; nil if it may be.
    @inline(__always)
    package func check(timestamp: StateInstant?, now: Int64) -> StateError? {
        guard let timestamp, clock.isTooFarAhead(timestamp, now: now) else { return nil }
        return .timestampTooFarAhead
    }

    /// Whether a write may be done: lengths, fencing, condition and quotas, in this order (state store §1.4, §1.6).
    ///
    /// Changes nothing but the tally, and that only if the write may be done. The writes of one commit share a tally; their keys must
    /// all be different. A DEL without condition of a key that is not there is refused as ``StateRefusal/absent``; a commit
    /// takes that for done.
    ///
    /// - Parameters:
    ///   - write: The write.
    ///   - bytes: The bytes of the request.
    ///   - now: The time.
    ///   - tally: What the writes that were checked before will add.
    /// - Returns: Why it may not be done; nil if it may.
    package func check(
        _ write: StateWrite,
        in bytes: Span<UInt8>,
        now: Int64,
        tally: inout StateTally
    ) -> StateRefusal? {
        if write.key.isEmpty { return .error(.emptyKey) }
        guard write.key.count <= min(configuration.keyBytes, Int(UInt16.max)),
            write.value.count <= min(configuration.valueBytes, StateSlot.maximumValueLength)
        else { return .error(.quotaExceeded) }
        let key = bytes.extracting(write.key)
        let handle = find(key, now: now)
        if let error = fenceError(write.fencingToken, handle, now: now) { return .error(error) }
        if let refusal = conditionRefusal(write, handle, bytes) { return refusal }
        switch write.action {
        case .set:
            // A key whose time is over still takes its place; counting it as new is on the safe side.
            let oldBytes = handle.map { slots[$0.index].bodyLength } ?? 0
            let moreBytes = write.key.count &+ write.value.count &- oldBytes
            let moreKeys = handle == nil ? 1 : 0
            if count &+ tally.keys &+ moreKeys > configuration.keys, moreKeys > 0 { return .error(.quotaExceeded) }
            if storedBytes &+ tally.bytes &+ moreBytes > configuration.bytes, moreBytes > 0 {
                return .error(.quotaExceeded)
            }
            tally.keys &+= moreKeys
            tally.bytes &+= moreBytes
        case .delete:
            if let handle {
                tally.keys &-= 1
                tally.bytes &-= slots[handle.index].bodyLength
            }
        }
        return nil
    }

    private func fenceError(_ token: StateVersion?, _ handle: StateHandle?, now: Int64) -> StateError? {
        if let token, clock.isTooFarAhead(token.instant, now: now) { return .tokenTooFarAhead }
        guard let handle, slots[handle.index].isFenced, let fence = fences[handle.index] else { return nil }
        guard let token else { return .tokenRequired }
        return token < fence ? .tokenOutdated : nil
    }

    @inline(__always)
    private func conditionRefusal(_ write: StateWrite, _ handle: StateHandle?, _ bytes: Span<UInt8>) -> StateRefusal? {
        switch write.condition {
        case .always:
            return write.action == .delete && handle == nil ? .absent : nil
        case .absent:
            if let handle { return .notApplied(stored: version(of: handle)) }
            return write.action == .delete ? .absent : nil
        case .absentOrEqual:
            guard let handle, !hasValue(handle, bytes.extracting(write.value)) else { return nil }
            return .notApplied(stored: version(of: handle))
        case .version(let expected):
            guard let handle else { return .notApplied(stored: nil) }
            let stored = version(of: handle)
            return stored == expected ? nil : .notApplied(stored: stored)
        case .valueEquals(let range):
            guard let handle else { return .absent }
            return hasValue(handle, bytes.extracting(range)) ? nil : .notApplied(stored: version(of: handle))
        }
    }

    private func hasValue(_ handle: StateHandle, _ value: Span<UInt8>) -> Bool {
        withValue(of: handle) { $0.count == value.count && $0.matches(value) }
    }
}
