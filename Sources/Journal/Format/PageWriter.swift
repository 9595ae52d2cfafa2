/// Gathers the records of a page.
///
/// One writer is used turn after turn. Appending allocates nothing but the growth of the buffer. All numbers are little endian.
///
/// ```swift
/// writer.beginRecord(kind: 3, version: 1)
/// writer.append(varint: 42)
/// writer.append(string: "orders")
/// writer.endRecord()
/// ```
package struct PageWriter: Sendable {
    /// How many records were ended.
    package private(set) var count = 0

    /// The buffer: written up to `end`, zeros behind, so that a number is one store instead of an append a byte.
    private var buffer: [UInt8]
    private var end = 0
    private var recordStart: Int?
    private var partStart: Int?
    private let initialCapacity: Int

    /// Makes an empty writer.
    ///
    /// - Parameter capacity: How many bytes a page usually has.
    package init(capacity: Int = 16 * 1024) {
        initialCapacity = max(capacity, 64)
        buffer = []
    }

    /// Whether no record was ended yet.
    package var isEmpty: Bool { count == 0 }

    /// How many bytes were written.
    package var byteCount: Int { end }

    /// A copy of the bytes so far.
    ///
    /// ``take()`` moves them out instead.
    package var bytes: [UInt8] { Array(buffer[..<end]) }

    /// Begins a record.
    ///
    /// - Parameters:
    ///   - kind: What the record says.
    ///   - version: The version of that kind's body.
    package mutating func beginRecord(kind: UInt8, version: UInt8) {
        precondition(recordStart == nil, "A record is begun inside another one.")
        recordStart = end
        // Length and checksum follow in endRecord().
        append(UInt64(0))
        append(UInt16(kind) | UInt16(version) << 8)
    }

    /// Ends the record: fills in its length and checksum.
    package mutating func endRecord() {
        precondition(partStart == nil, "The record is ended inside one of its parts.")
        guard let start = recordStart else { preconditionFailure("No record was begun.") }
        let length = end - start - RecordHeader.byteCount
        precondition(length <= RecordHeader.maximumBodyLength, "The record is too long.")
        let checksum = RecordHeader.checksum(
            buffer.span.bytes,
            at: start,
            length: length,
            kind: buffer[start + 8],
            version: buffer[start + 9]
        )
        store(UInt64(length) | UInt64(checksum) << 32, at: start)
        recordStart = nil
        count += 1
    }

    /// Forgets the record that was begun and not ended.
    package mutating func abandonRecord() {
        guard let start = recordStart else { return }
        end = start
        recordStart = nil
        partStart = nil
    }

    /// Begins a part of the record that is open: like a record, but only as valid as the whole record is.
    ///
    /// So several facts in one record are all read back, or none of them.
    ///
    /// - Parameters:
    ///   - kind: What the part says.
    ///   - version: The version of that kind's body.
    package mutating func beginPart(kind: UInt8, version: UInt8) {
        precondition(recordStart != nil, "A part is begun outside a record.")
        precondition(partStart == nil, "A part is begun inside another part.")
        partStart = end
        append(UInt32(0))
        append(UInt16(kind) | UInt16(version) << 8)
    }

    /// Ends the part: fills in its length.
    package mutating func endPart() {
        guard let start = partStart else { preconditionFailure("No part was begun.") }
        store(UInt32(end - start - RecordPart.byteCount), at: start)
        partStart = nil
    }

    /// Appends records of another page.
    ///
    /// Their checksums are made anew, because a checksum holds only at its place: the bytes of a record must not be copied by hand.
    ///
    /// - Parameters:
    ///   - page: The other page's bytes. What is damaged there is left out.
    ///   - isKept: Says of each record whether it is appended.
    package mutating func append(recordsOf page: [UInt8], where isKept: (RecordView) -> Bool = { _ in true }) {
        var reader = PageReader(page)
        while true {
            switch reader.next() {
            case .record(let record):
                guard isKept(record) else { continue }
                beginRecord(kind: record.kind, version: record.version)
                append(bytes: page.span.extracting(record.body))
                endRecord()
            case .damaged: continue
            case .end: return
            }
        }
    }

    /// Appends a byte.
    ///
    /// - Parameter value: The byte.
    @inline(__always)
    package mutating func append(_ value: UInt8) { appendInteger(value) }

    /// Appends two bytes.
    ///
    /// - Parameter value: The number.
    @inline(__always)
    package mutating func append(_ value: UInt16) { appendInteger(value) }

    /// Appends four bytes.
    ///
    /// - Parameter value: The number.
    @inline(__always)
    package mutating func append(_ value: UInt32) { appendInteger(value) }

    /// Appends eight bytes.
    ///
    /// - Parameter value: The number.
    @inline(__always)
    package mutating func append(_ value: UInt64) { appendInteger(value) }

    /// Appends a number in as few bytes as it needs: seven bits a byte, low ones first, the high bit says that more follow.
    ///
    /// - Parameter value: The number.
    package mutating func append(varint value: UInt64) {
        reserve(10)
        var rest = value
        while rest >= 0x80 {
            buffer[end] = UInt8(truncatingIfNeeded: rest) | 0x80
            end += 1
            rest >>= 7
        }
        buffer[end] = UInt8(truncatingIfNeeded: rest)
        end += 1
    }

    /// Appends bytes as they are, without a length.
    ///
    /// - Parameter bytes: The bytes.
    package mutating func append(bytes: Span<UInt8>) {
        let count = bytes.count
        guard count > 0 else { return }
        reserve(count)
        // Safe because reserve() made `count` bytes of room behind `end`, and neither pointer leaves its closure.
        buffer.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(rebasing: target[end..<end + count]).copyMemory(from: source)
            }
        }
        end += count
    }

    /// Appends bytes as they are, without a length.
    ///
    /// - Parameter bytes: The bytes.
    package mutating func append(bytes: [UInt8]) { append(bytes: bytes.span) }

    /// Appends a string: the number of its UTF-8 bytes as a varint, then the bytes.
    ///
    /// - Parameter string: The string.
    package mutating func append(string: String) {
        var copy = string
        copy.withUTF8 { utf8 in
            append(varint: UInt64(utf8.count))
            // Safe because the span is used only while the string lends its bytes.
            append(bytes: Span(_unsafeElements: utf8))
        }
    }

    /// Moves the bytes out and leaves the writer empty.
    ///
    /// - Returns: The page's bytes.
    package mutating func take() -> [UInt8] {
        precondition(recordStart == nil, "The page is taken while a record is open.")
        buffer.removeLast(buffer.count - end)
        end = 0
        count = 0
        var taken: [UInt8] = []
        swap(&taken, &buffer)
        return taken
    }

    @inline(__always)
    private mutating func appendInteger<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        reserve(MemoryLayout<Value>.size)
        store(value, at: end)
        end += MemoryLayout<Value>.size
    }

    @inline(__always)
    private mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if buffer.count - end < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let wanted = max(end + more, buffer.count * 2, initialCapacity)
        // A new page is one fill; that matters most in debug builds, where an element at a time is slow.
        if buffer.isEmpty {
            buffer = [UInt8](repeating: 0, count: wanted)
        } else {
            buffer.append(contentsOf: [UInt8](repeating: 0, count: wanted - buffer.count))
        }
    }
}
