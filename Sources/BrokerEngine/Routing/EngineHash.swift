/// Hashing of topics and levels, keyed by a seed, so that no peer can choose what collides.
enum EngineHash {
    /// Starts with a seed, or goes on from what was hashed before.
    @inline(__always)
    static func add(_ bytes: Span<UInt8>, _ range: Range<Int>, to value: UInt64) -> UInt64 {
        var value = value
        for index in range {
            value = (value ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3
        }
        return value
    }

    /// Spreads every bit over all others.
    @inline(__always)
    static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value ^= value >> 32
        value = value &* 0xD6E8_FEB8_6659_FD93
        return value ^ (value >> 29)
    }
}
