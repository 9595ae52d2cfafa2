/// A part of a record: a fact that is true together with the others of the record, or not at all.
///
/// In front of its body stand four bytes of length, its kind and its version, little endian; the record's checksum covers all of it.
package struct RecordPart: Sendable, Equatable {
    /// How many bytes stand in front of a part's body.
    package static let byteCount = 6

    /// What the part says.
    package let kind: UInt8

    /// The version of that kind's body.
    package let version: UInt8

    /// Where the body lies in the page.
    package let body: Range<Int>
}

extension RecordBody {
    /// Reads a part.
    ///
    /// - Returns: The part.
    /// - Throws: ``JournalError`` when the body ends before the part does.
    package mutating func readPart() throws(JournalError) -> RecordPart {
        let length = try readUInt32()
        let kind = try readUInt8()
        let version = try readUInt8()
        return RecordPart(kind: kind, version: version, body: try readRange(Int(length)))
    }
}
