/// The ten bytes before every record's body, little endian.
///
/// | offset | bytes | what |
/// | --- | --- | --- |
/// | 0 | 4 | length of the body |
/// | 4 | 4 | checksum over the place in the page, length, kind, version and body |
/// | 8 | 1 | kind: what the record says |
/// | 9 | 1 | version of that kind's body |
///
/// The checksum covers the record's place in its page: a record is valid only where it was written, so bytes that look like a
/// record inside a payload are not taken for one.
package enum RecordHeader {
    /// How many bytes a header has.
    package static let byteCount = 10

    /// The longest body that a record may have.
    package static let maximumBodyLength = 1 << 30

    @inline(__always)
    static func checksum(_ bytes: RawSpan, at offset: Int, length: Int, kind: UInt8, version: UInt8) -> UInt32 {
        let place = UInt64(truncatingIfNeeded: offset) << 16 | UInt64(kind) << 8 | UInt64(version)
        let body = offset + byteCount..<offset + byteCount + length
        return Checksum.fold(Checksum.hash(bytes, in: body, seed: place))
    }
}
