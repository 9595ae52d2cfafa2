/// The hash of keys and prefixes, keyed by a seed, so that no peer can choose what collides.
enum StateHash {
    private static let first: UInt64 = 0xA076_1D64_95D2_B34B
    private static let second: UInt64 = 0xE703_7ED1_A0B4_28DB

    /// Hashes bytes, eight at a time.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - seed: The seed.
    /// - Returns: 32 bits.
    @inline(__always)
    static func hash(_ bytes: Span<UInt8>, seed: UInt64) -> UInt32 {
        let words = bytes.bytes
        var state = fold(seed ^ first, UInt64(truncatingIfNeeded: bytes.count) ^ second)
        var offset = 0
        while offset &+ 8 <= bytes.count {
            // Safe because the load is checked against the bounds of the span, and every bit pattern is a number.
            let word = UInt64(littleEndian: words.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            state = fold(state ^ word, seed ^ second)
            offset &+= 8
        }
        if offset < bytes.count {
            var word: UInt64 = 0
            var shift: UInt64 = 0
            while offset < bytes.count {
                word |= UInt64(bytes[offset]) &<< shift
                shift &+= 8
                offset &+= 1
            }
            state = fold(state ^ word, seed ^ first)
        }
        state = fold(state, second)
        return UInt32(truncatingIfNeeded: state ^ (state &>> 32))
    }

    /// Multiplies to 128 bits and joins the halves: every bit of the result depends on all bits of both.
    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right | 1)
        return product.high ^ product.low
    }
}
