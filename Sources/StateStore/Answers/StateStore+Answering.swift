extension StateStore {
    /// Answers a request that only reads: GET, GETMANY, GETNEW or SCAN.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - bytes: The bytes that it lies in.
    ///   - now: The time.
    ///   - out: The payload of the answer.
    ///   - isVisible: Whether SCAN may show a key.
    /// - Returns: The version for the answer's `__ts`, if it has one.
    package func answer(
        _ request: StateRequest,
        in bytes: Span<UInt8>,
        now: Int64,
        to out: inout [UInt8],
        isVisible: (Span<UInt8>) -> Bool = { _ in true }
    ) -> StateVersion? {
        switch request {
        case .get(let key):
            guard let handle = find(bytes.extracting(key), now: now) else {
                StateAnswer.appendNull(to: &out)
                return nil
            }
            withValue(of: handle) { StateAnswer.append(bulk: $0, to: &out) }
            return version(of: handle)
        case .getMany(let keys): answer(keys, withVersions: false, bytes, now, &out)
        case .getNew(let known): answer(known, withVersions: true, bytes, now, &out)
        case .scan(let scan):
            if let since = scan.since {
                answer(scan, since: PackedInstant(since), bytes, now, &out, isVisible)
            } else {
                answer(scan, bytes, now, &out, isVisible)
            }
        case .write, .watch, .unwatch, .watchPrefix, .unwatchPrefix:
            preconditionFailure("The request does not only read.")
        }
        return nil
    }

    /// Answers GETMANY, or GETNEW where versions stand between the keys.
    private func answer(
        _ keys: StateArguments,
        withVersions: Bool,
        _ bytes: Span<UInt8>,
        _ now: Int64,
        _ out: inout [UInt8]
    ) {
        let start = out.count
        var reader = RESPReader(keys.range)
        StateAnswer.append(arrayOf: withVersions ? keys.count / 2 : keys.count, to: &out)
        // The arguments were checked when the request was read: nothing throws here.
        while let key = try? reader.bulk(bytes) {
            var known: StateVersion?
            if withVersions, let text = try? reader.bulk(bytes) { known = StateVersion(bytes, in: text) }
            guard let handle = find(bytes.extracting(key), now: now) else {
                StateAnswer.appendNull(to: &out)
                continue
            }
            let version = version(of: handle)
            if version == known {
                StateAnswer.append(integer: 0, to: &out)
                continue
            }
            guard out.count &- start &+ slots[handle.index].valueLength <= configuration.limits.answerBytes else {
                out.removeSubrange(start...)
                return StateAnswer.append(.quotaExceeded, to: &out)
            }
            StateAnswer.append(arrayOf: 2, to: &out)
            withValue(of: handle) { StateAnswer.append(bulk: $0, to: &out) }
            StateAnswer.append(version, to: &out)
        }
    }

    /// Answers a SCAN over all keys, in the order of the table: a key that is there all the time comes exactly once.
    private func answer(
        _ scan: StateScan,
        _ bytes: Span<UInt8>,
        _ now: Int64,
        _ out: inout [UInt8],
        _ isVisible: (Span<UInt8>) -> Bool
    ) {
        var page = StatePageWriter(limits: configuration.limits, count: scan.count)
        let prefix = bytes.extracting(scan.prefix)
        let end = UInt64(slots.capacity)
        var place = scan.cursor.position
        while place < end, page.takesStep() {
            let slot = Int32(truncatingIfNeeded: place)
            if !slots[slot].isFree, !append(slot, prefix, scan.wantsValues, now, &page, isVisible) { break }
            place &+= 1
        }
        page.finish(at: place < end ? StateCursor(position: place, mark: 0, bound: 0) : .start, to: &out)
    }

    /// Answers a SCAN of what changed after a version, newest first.
    ///
    /// A key that changes while the pages are fetched moves to the front and may be missed or come twice: the next scan, from
    /// the newest version of this one's first page, has it.
    private func answer(
        _ scan: StateScan,
        since: PackedInstant,
        _ bytes: Span<UInt8>,
        _ now: Int64,
        _ out: inout [UInt8],
        _ isVisible: (Span<UInt8>) -> Bool
    ) {
        var page = StatePageWriter(limits: configuration.limits, count: scan.count)
        let prefix = bytes.extracting(scan.prefix)
        var slot = newest
        var bound = scan.cursor.bound
        if !scan.cursor.isEmpty, scan.cursor.position < UInt64(slots.capacity) {
            let place = Int32(truncatingIfNeeded: scan.cursor.position)
            // The key is still where the last page ended. If it is not, the walk begins at the front again and passes over
            // what was given.
            if !slots[place].isFree, slots[place].version.rawValue == scan.cursor.mark { slot = place }
        }
        while slot != StateSlot.none, slots[slot].version > since {
            let version = slots[slot].version.rawValue
            guard page.takesStep() else { break }
            if bound == 0 || version <= bound {
                guard append(slot, prefix, scan.wantsValues, now, &page, isVisible) else { break }
                bound = version
            }
            slot = slots[slot].previous
        }
        let isOver = slot == StateSlot.none || slots[slot].version <= since
        let mark = isOver ? 0 : slots[slot].version.rawValue
        page.finish(
            at: isOver ? .start : StateCursor(position: UInt64(slot), mark: mark, bound: bound == 0 ? mark : bound),
            to: &out
        )
    }

    /// Appends a key to a page, if it has the prefix and may be shown.
    ///
    /// - Returns: False if the page is full and the key must wait for the next.
    private func append(
        _ slot: Int32,
        _ prefix: Span<UInt8>,
        _ wantsValues: Bool,
        _ now: Int64,
        _ page: inout StatePageWriter,
        _ isVisible: (Span<UInt8>) -> Bool
    ) -> Bool {
        let handle = StateHandle(slot)
        guard !isOver(slot, now: now), withKey(of: handle, { $0.matches(prefix) && isVisible($0) }) else { return true }
        let bytes = Int(slots[slot].keyLength) &+ (wantsValues ? slots[slot].valueLength : 0)
        guard page.hasRoom(for: bytes) else { return false }
        let version = version(of: handle)
        page.append(version: version, parts: wantsValues ? 3 : 2) { out in
            withKey(of: handle) { StateAnswer.append(bulk: $0, to: &out) }
        } value: { out in
            if wantsValues { withValue(of: handle) { StateAnswer.append(bulk: $0, to: &out) } }
        }
        return true
    }
}
