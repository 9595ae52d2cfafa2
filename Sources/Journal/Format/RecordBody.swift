/// A cursor over the body of a record: reads what ``PageWriter`` appended, in the same order.
///
/// Every read throws ``JournalError`` with ``JournalError/Code/damaged`` when the body ends before it: a body that is shorter than
/// its kind and version say was written by a program with a fault, for its checksum matched.
package struct RecordBody: Sendable {
    /// The bytes of the whole page.
    package let bytes: [UInt8]

    /// Where the next read begins, in bytes from the start of the page.
    package private(set) var offset: Int

    /// Where the body ends.
    package let end: Int

    /// Makes a cursor.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of the whole page.
    ///   - range: The body's bytes in the page.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "The body reaches beyond its page.")
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    /// How many bytes are left.
    package var remaining: Int { end - offset }

    /// Reads a byte.
    ///
    /// - Returns: The byte.
    /// - Throws: ``JournalError`` when the body ends before it.
    package mutating func readUInt8() throws(JournalError) -> UInt8 { try readInteger() }

    /// Reads two bytes.
    ///
    /// - Returns: The number.
    /// - Throws: ``JournalError`` when the body ends before it.
    package mutating func readUInt16() throws(JournalError) -> UInt16 { try readInteger() }

    /// Reads four bytes.
    ///
    /// - Returns: The number.
    /// - Throws: ``JournalError`` when the body ends before it.
    package mutating func readUInt32() throws(JournalError) -> UInt32 { try readInteger() }

    /// Reads eight bytes.
    ///
    /// - Returns: The number.
    /// - Throws: ``JournalError`` when the body ends before it.
    package mutating func readUInt64() throws(JournalError) -> UInt64 { try readInteger() }

    /// Reads a number of variable length.
    ///
    /// - Returns: The number.
    /// - Throws: ``JournalError`` when the body ends before it, or it does not fit into 64 bits.
    package mutating func readVarint() throws(JournalError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readUInt8()
            guard shift < 63 || byte <= 1 else {
                throw JournalError(.damaged, "A number of variable length at offset \(offset) has more than 64 bits.")
            }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// Reads a string that has its length before it.
    ///
    /// - Returns: The string.
    /// - Throws: ``JournalError`` when the body ends before it, or its bytes are no UTF-8.
    package mutating func readString() throws(JournalError) -> String {
        let length = try readVarint()
        guard length <= UInt64(remaining) else { throw cut(wanting: length) }
        let range = try readRange(Int(length))
        guard let string = String(validating: bytes[range], as: UTF8.self) else {
            throw JournalError(.damaged, "The string at offset \(range.lowerBound) is no UTF-8.")
        }
        return string
    }

    /// Reads bytes.
    ///
    /// - Parameter count: How many.
    /// - Returns: A copy of them.
    /// - Throws: ``JournalError`` when the body ends before.
    package mutating func readBytes(_ count: Int) throws(JournalError) -> [UInt8] {
        Array(bytes[try readRange(count)])
    }

    /// Steps over bytes without copying them.
    ///
    /// - Parameter count: How many.
    /// - Returns: Where they lie in ``bytes``.
    /// - Throws: ``JournalError`` when the body ends before.
    package mutating func readRange(_ count: Int) throws(JournalError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw cut(wanting: UInt64(max(count, 0))) }
        defer { offset += count }
        return offset..<offset + count
    }

    private mutating func readInteger<Value: FixedWidthInteger & BitwiseCopyable>() throws(JournalError) -> Value {
        let range = try readRange(MemoryLayout<Value>.size)
        // Safe because the load is checked against the bounds of the span, and every bit pattern is a number.
        return Value(
            littleEndian: bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: Value.self)
        )
    }

    private func cut(wanting count: UInt64) -> JournalError {
        JournalError(
            .damaged,
            "A record's body ends at offset \(end), \(count) bytes were wanted from offset \(offset)."
        )
    }
}
