/// Walks the records of a page, and says exactly which bytes are none.
///
/// A damaged record is skipped when its length leads to the end of the page or to a record whose checksum matches there;
/// otherwise the rest of the page is given up. It never searches for records byte by byte: what a client sent as a payload
/// must not be able to pass for a fact.
package struct PageReader: Sendable {
    /// The page's bytes.
    package let bytes: [UInt8]

    /// Where the next record begins.
    package private(set) var offset = 0

    /// Makes a reader at the start of a page.
    ///
    /// - Parameter bytes: The page's bytes.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Takes the next step.
    ///
    /// - Returns: A valid record, a damaged stretch that was skipped, or the end.
    package mutating func next() -> ReadResult {
        guard offset < bytes.count else { return .end }
        let start = offset
        guard bytes.count - start >= RecordHeader.byteCount else { return skip(to: bytes.count, .headerCut) }
        guard let end = claimedEnd(at: start) else { return skip(to: bytes.count, .tooLong) }
        if isValid(at: start, end: end) {
            offset = end
            return .record(
                RecordView(
                    kind: bytes[start + 8],
                    version: bytes[start + 9],
                    offset: start,
                    body: start + RecordHeader.byteCount..<end
                )
            )
        }
        let leadsOn = end == bytes.count || claimedEnd(at: end).map { isValid(at: end, end: $0) } == true
        return leadsOn ? skip(to: end, .checksum) : skip(to: bytes.count, .checksumAndLength)
    }

    /// A cursor over a record's body.
    ///
    /// - Parameter record: A record of this page.
    /// - Returns: The cursor, at the body's start.
    package func body(of record: RecordView) -> RecordBody { RecordBody(bytes, in: record.body) }

    /// Counts the records of a page by their lengths, without looking at checksums.
    ///
    /// - Parameter bytes: The page's bytes.
    /// - Returns: How many records there seem to be; a stretch at the end that is no record counts as one.
    package static func countRecords(_ bytes: [UInt8]) -> Int {
        let reader = PageReader(bytes)
        var offset = 0
        var count = 0
        while offset < bytes.count {
            count += 1
            guard let end = reader.claimedEnd(at: offset) else { break }
            offset = end
        }
        return count
    }

    /// Where the record at an offset ends if its length is true, or `nil` if it cannot be.
    private func claimedEnd(at start: Int) -> Int? {
        guard bytes.count - start >= RecordHeader.byteCount else { return nil }
        let length = Int(load(UInt32.self, at: start))
        guard length <= bytes.count - start - RecordHeader.byteCount else { return nil }
        return start + RecordHeader.byteCount + length
    }

    private func isValid(at start: Int, end: Int) -> Bool {
        let checksum = RecordHeader.checksum(
            bytes.span.bytes,
            at: start,
            length: end - start - RecordHeader.byteCount,
            kind: bytes[start + 8],
            version: bytes[start + 9]
        )
        return checksum == load(UInt32.self, at: start + 4)
    }

    private func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value {
        // Safe because the load is checked against the bounds of the span, and every bit pattern is a number.
        Value(littleEndian: bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }

    private mutating func skip(to end: Int, _ reason: DamagedRecord.Reason) -> ReadResult {
        defer { offset = end }
        return .damaged(DamagedRecord(offset: offset, byteCount: end - offset, reason: reason))
    }
}

extension PageReader {
    /// What a step of a ``PageReader`` found.
    package enum ReadResult: Sendable, Equatable {
        /// A record whose checksum matches.
        case record(RecordView)

        /// A stretch that is no record. The reader is behind it.
        case damaged(DamagedRecord)

        /// The page is at its end.
        case end
    }
}
