/// Reads numbers and stretches from bytes that may be damaged: what is not there is `nil`.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int

    /// Reads some bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - position: Where to begin.
    init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// What was not read yet.
    var rest: ArraySlice<UInt8> { bytes[position...] }

    /// Reads a stretch.
    ///
    /// - Parameter count: How long it is.
    /// - Returns: The stretch, or `nil` when there is not so much.
    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// Reads a number of seven bits a byte, the lowest first.
    ///
    /// - Returns: The number, or `nil` when it has no end or does not fit.
    mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte = bytes(1)?.first else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    /// Reads a stretch behind its length.
    ///
    /// - Returns: The stretch, or `nil` when it is not there.
    mutating func counted() -> ArraySlice<UInt8>? {
        guard let count = varint(), count <= UInt64(bytes.count) else { return nil }
        return bytes(Int(count))
    }
}

extension [UInt8] {
    /// Adds a number of seven bits a byte, the lowest first.
    ///
    /// - Parameter value: The number.
    mutating func append(varint value: UInt64) {
        var value = value
        while value >= 0x80 {
            append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        append(UInt8(value))
    }

    /// Adds a stretch behind its length.
    ///
    /// - Parameter bytes: The stretch.
    mutating func append(counted bytes: [UInt8]) {
        append(varint: UInt64(bytes.count))
        append(contentsOf: bytes)
    }
}
