extension Span where Element == UInt8 {
    /// Whether bytes of this span and of another are the same; eight are compared at a time.
    ///
    /// - Parameters:
    ///   - other: The other span, as a whole.
    ///   - start: Where the bytes begin in this one.
    /// - Returns: False also if there are too few of them.
    @inline(__always)
    func matches(_ other: Span<UInt8>, at start: Int = 0) -> Bool {
        guard other.count <= count &- start else { return false }
        let left = bytes
        let right = other.bytes
        var offset = 0
        while offset &+ 8 <= other.count {
            // Safe because both loads are checked against the bounds of their spans, and every bit pattern is a number.
            let one = left.unsafeLoadUnaligned(fromByteOffset: start &+ offset, as: UInt64.self)
            if one != right.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset &+= 8
        }
        while offset < other.count {
            if self[start &+ offset] != other[offset] { return false }
            offset &+= 1
        }
        return true
    }
}
