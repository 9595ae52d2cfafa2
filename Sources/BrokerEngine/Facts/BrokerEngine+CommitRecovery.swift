import Journal
import StateStore

/// Reading commits back, and the clock of the versions.
extension BrokerEngine {
    /// A commit: all of its facts, or none of them when one cannot be understood.
    mutating func applyCommitted(_ record: RecordBody, page: UInt64) throws(JournalError) {
        var body = record
        let milliseconds = Int64(clamping: try body.readVarint())
        let counter = try body.readVarint()
        var parts: [RecordPart] = []
        while body.remaining > 0 {
            let part = try body.readPart()
            switch try Self.kind(part.kind, version: part.version) {
            case .stored:
                var stored = RecordBody(body.bytes, in: part.body)
                _ = try StoredFact(&stored, version: part.version)
            case .stateSet, .stateRemoved:
                var change = RecordBody(body.bytes, in: part.body)
                try Self.checkState(&change)
            case .acknowledged, .groupAcknowledged, .retainedCleared, .arrived, .confirmed: break
            default: throw JournalError(.damaged, "A fact of kind \(part.kind) has no place in a commit.")
            }
            parts.append(part)
        }
        advanceClock(past: StateInstant(milliseconds: milliseconds, counter: counter))
        for part in parts {
            let kind = try Self.kind(part.kind, version: part.version)
            let place = FactPlace(page: page, bytes: RecordPart.byteCount + part.body.count)
            try apply(kind, version: part.version, RecordBody(body.bytes, in: part.body), place)
        }
    }

    /// Versions go on behind one that was given out before the restart, also when the wall clock went back.
    mutating func advanceClock(past instant: StateInstant) {
        state.advance(past: instant)
    }

    /// How many messages a record that could not be understood seems to have.
    static func countStored(_ record: RecordView, _ reader: PageReader) -> Int {
        if record.kind == FactKind.stored.rawValue { return 1 }
        guard record.kind == FactKind.committed.rawValue else { return 0 }
        var body = reader.body(of: record)
        var count = 0
        guard (try? body.readVarint()) != nil, (try? body.readVarint()) != nil else { return 0 }
        while body.remaining > 0, let part = try? body.readPart() {
            if part.kind == FactKind.stored.rawValue { count += 1 }
        }
        return count
    }
}
