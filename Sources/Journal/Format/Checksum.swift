/// The journal's checksum: a 64-bit multiply-and-mix hash, the same on every machine.
///
/// It finds damage; it is no defence against forgery. Every step is a bijection of the state for a given word and of the word
/// for a given state, so damage within one 8-byte word always changes the 64-bit result; anything else goes unseen with a
/// chance of 2⁻⁶⁴ (2⁻³² where folded).
package enum Checksum {
    /// The checksum of a stretch of bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes that hold the stretch.
    ///   - range: The stretch.
    ///   - seed: What else the checksum should cover: chain calls, or mix numbers in.
    /// - Returns: 64 bits.
    package static func hash(_ bytes: RawSpan, in range: Range<Int>, seed: UInt64) -> UInt64 {
        var offset = range.lowerBound
        let end = range.upperBound
        var state = mix(seed ^ startKey, UInt64(truncatingIfNeeded: range.count))
        if range.count >= 64 {
            // Four lanes that do not wait for each other: the multiplication's latency is what a single lane costs.
            var lane1 = state ^ laneKey1
            var lane2 = state ^ laneKey2
            var lane3 = state ^ laneKey3
            while end - offset >= 32 {
                state = mix(state, word(bytes, offset))
                lane1 = mix(lane1, word(bytes, offset + 8))
                lane2 = mix(lane2, word(bytes, offset + 16))
                lane3 = mix(lane3, word(bytes, offset + 24))
                offset += 32
            }
            state = mix(mix(mix(state, lane1), lane2), lane3)
        }
        while end - offset >= 8 {
            state = mix(state, word(bytes, offset))
            offset += 8
        }
        if offset < end {
            var last: UInt64 = 0
            var shift: UInt64 = 0
            while offset < end {
                // Safe because the load is checked against the bounds of the span, and every bit pattern is a number.
                last |= UInt64(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) << shift
                shift += 8
                offset += 1
            }
            state = mix(state, last)
        }
        return finish(state)
    }

    /// Adds one number to a checksum or a seed.
    ///
    /// - Parameters:
    ///   - state: The checksum so far.
    ///   - value: The number.
    /// - Returns: The new checksum.
    @inline(__always)
    package static func mix(_ state: UInt64, _ value: UInt64) -> UInt64 {
        let product = (state ^ value) &* multiplier
        return product ^ (product >> 29)
    }

    /// Folds 64 bits to 32.
    ///
    /// - Parameter hash: The checksum.
    /// - Returns: Both halves, mixed.
    @inline(__always)
    package static func fold(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    @inline(__always)
    private static func finish(_ state: UInt64) -> UInt64 {
        var hash = state
        hash ^= hash >> 32
        hash = hash &* finisher
        hash ^= hash >> 29
        return hash
    }

    @inline(__always)
    private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        // Safe because the load is checked against the bounds of the span, and every bit pattern is a number.
        UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    // Odd numbers with their bits well spread: the fractional parts of π, e, √2, √3, √5 and the golden ratio.
    private static let startKey: UInt64 = 0x243F_6A88_85A3_08D3
    private static let laneKey1: UInt64 = 0xB7E1_5162_8AED_2A6B
    private static let laneKey2: UInt64 = 0x6A09_E667_F3BC_C909
    private static let laneKey3: UInt64 = 0xBB67_AE85_84CA_A73B
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let finisher: UInt64 = 0x3C6E_F372_FE94_F82B
}
