import Journal
import StateStore

/// The facts of the state store: a key as it is, and a key that is gone.
extension BrokerEngine {
    /// Writes a key as it is now; what the journal had of it is dead.
    mutating func journalStateSet(_ handle: StateHandle, previous: StatePlace) {
        let start = begin(.stateSet)
        Self.write(state, handle, &log.writer)
        let place = end(from: start, FactPlace(previous))
        state.setPlace(StatePlace(place), of: handle)
    }

    private static func write(_ state: borrowing StateStore, _ handle: StateHandle, _ writer: inout PageWriter) {
        write(state.version(of: handle), &writer)
        writer.append(varint: UInt64(clamping: state.expiresAt(of: handle) ?? 0))
        if let fence = state.fence(of: handle) {
            writer.append(UInt8(1))
            write(fence, &writer)
        } else {
            writer.append(UInt8(0))
        }
        state.withKey(of: handle) { key in
            writer.append(varint: UInt64(key.count))
            writer.append(bytes: key)
        }
        state.withValue(of: handle) { writer.append(bytes: $0) }
    }

    private static func write(_ version: StateVersion, _ writer: inout PageWriter) {
        writer.append(varint: UInt64(clamping: version.milliseconds))
        writer.append(varint: version.counter)
        writer.append(string: version.node)
    }

    private static func readVersion(_ body: inout RecordBody) throws(JournalError) -> StateVersion {
        let milliseconds = Int64(clamping: try body.readVarint())
        let counter = try body.readVarint()
        return StateVersion(milliseconds: milliseconds, counter: counter, node: try body.readString())
    }

    /// Writes that a key is gone, when the journal had it.
    mutating func journalStateRemoved(_ key: Span<UInt8>, version: StateVersion, previous: StatePlace) {
        guard previous.page != 0 else { return }
        _ = begin(.stateRemoved)
        Self.write(version, &log.writer)
        log.writer.append(bytes: key)
        log.end()
        log.died(FactPlace(previous))
    }

    /// Whether a body is that of a key that was set or removed.
    static func checkState(_ body: inout RecordBody) throws(JournalError) { _ = try readVersion(&body) }

    // MARK: Reading back

    mutating func applyStateSet(_ body: inout RecordBody, _ place: FactPlace) throws(JournalError) {
        let version = try Self.readVersion(&body)
        let expiry = try body.readVarint()
        let fence = try body.readUInt8() == 0 ? nil : try Self.readVersion(&body)
        let key = try body.readRange(Int(clamping: try body.readVarint()))
        let value = try body.readRange(body.remaining)
        let bytes = body.bytes.span
        let old = state.find(bytes.extracting(key), now: .min).map { state.place(of: $0) } ?? StatePlace()
        let isNewest = state.restore(
            key: bytes.extracting(key),
            value: bytes.extracting(value),
            version: version,
            expiresAt: expiry == 0 ? nil : Int64(clamping: expiry),
            fence: fence,
            place: StatePlace(place)
        )
        // When the fact itself is older than what is there, it is dead from the start.
        guard isNewest else { return }
        log.born(place)
        if old.page != 0 { log.died(FactPlace(old)) }
    }

    mutating func applyStateRemoved(_ body: inout RecordBody) throws(JournalError) {
        let version = try Self.readVersion(&body)
        let key = try body.readRange(body.remaining)
        if let old = state.restoreRemoval(key: body.bytes.span.extracting(key), version: version), old.page != 0 {
            log.died(FactPlace(old))
        }
    }

    // MARK: Moving to the tail

    /// Writes a key of an old page again, as it is today, when its newest fact still stands there.
    mutating func moveState(_ body: inout RecordBody, from page: UInt64) throws(JournalError) {
        _ = try Self.readVersion(&body)
        _ = try body.readVarint()
        if try body.readUInt8() != 0 { _ = try Self.readVersion(&body) }
        let key = try body.readRange(Int(clamping: try body.readVarint()))
        guard let handle = state.find(body.bytes.span.extracting(key), now: .min) else { return }
        let place = state.place(of: handle)
        if place.page == page { journalStateSet(handle, previous: place) }
    }
}

extension FactPlace {
    init(_ place: StatePlace) { self.init(page: place.page, bytes: Int(place.bytes)) }
}

extension StatePlace {
    init(_ place: FactPlace) { self.init(page: place.page, bytes: Int32(place.bytes)) }
}
