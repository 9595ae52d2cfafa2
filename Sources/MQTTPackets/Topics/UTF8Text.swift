/// Checks of text as the protocol wants it: well-formed UTF-8 without U+0000 (MQTT 5.0 §1.5.4).
///
/// Eight bytes are looked at together as long as they are ASCII, which nearly all topics and names are.
package enum UTF8Text {
    /// Eight bytes that are all 0x01; times a byte it is that byte eight times.
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    /// The high bit of each of eight bytes.
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Whether the bytes are well-formed UTF-8 (no overlong form, surrogate or scalar above U+10FFFF) without U+0000.
    ///
    /// Control characters and non-characters are allowed: the specification only advises against them.
    ///
    /// - Parameters:
    ///   - bytes: Where the text lies.
    ///   - range: Which bytes are the text.
    /// - Returns: Whether it is text.
    package static func isWellFormed(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
        var position = range.lowerBound
        while position &+ 8 <= range.upperBound, isPlain(load(bytes, position)) { position &+= 8 }
        while position < range.upperBound {
            if let word = chunk(bytes, position, range.upperBound), isPlain(word) {
                position &+= 8
                continue
            }
            let length = scalarLength(bytes, at: position, end: range.upperBound)
            if length == 0 || bytes[position] == 0 { return false }
            position &+= length
        }
        return true
    }

    /// Eight bytes from a place; behind the end they read as a letter.
    ///
    /// - Returns: Nil where too little lies before the end.
    @inline(__always)
    static func chunk(_ bytes: Span<UInt8>, _ position: Int, _ end: Int) -> UInt64? {
        if position &+ 8 <= end { return load(bytes, position) }
        if end < 8 { return nil }
        let missing = UInt64(truncatingIfNeeded: 8 &- (end &- position))
        let letters = (ones &* 0x61) &<< (64 &- 8 &* missing)
        return load(bytes, end &- 8) &>> (8 &* missing) | letters
    }

    /// Eight bytes from a place that has as many behind it.
    @inline(__always)
    static func load(_ bytes: Span<UInt8>, _ position: Int) -> UInt64 {
        // Safe because `unsafeLoadUnaligned` checks its bounds, and every bit pattern is a UInt64.
        UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// Whether eight bytes are all ASCII and none is 0.
    @inline(__always)
    static func isPlain(_ word: UInt64) -> Bool {
        // 0x7F more sets the high bit of each ASCII byte but 0. From a byte that is not ASCII one may carry over; that byte
        // makes the answer no by itself.
        let notZero = word &+ (ones &* 0x7F)
        return notZero & ~word & highs == highs
    }

    /// Whether eight bytes are all ASCII, and none is 0, `+` or `#`.
    @inline(__always)
    static func isPlainTopic(_ word: UInt64) -> Bool {
        let notZero = word &+ (ones &* 0x7F)
        // `#` and `+` differ in bit 3 only.
        let notWildcard = ((word | (ones &* 0x08)) ^ (ones &* 0x2B)) &+ (ones &* 0x7F)
        return notZero & notWildcard & ~word & highs == highs
    }

    /// How many bytes the scalar at a place takes; 0 if there is no well-formed one (Unicode, table 3-7).
    static func scalarLength(_ bytes: Span<UInt8>, at position: Int, end: Int) -> Int {
        let first = bytes[position]
        if first < 0x80 { return 1 }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard first >= 0xC2, first <= 0xF4, end &- position >= length else { return 0 }
        let second = bytes[position &+ 1]
        switch first {
        case 0xE0: if second < 0xA0 { return 0 }
        case 0xED: if second > 0x9F { return 0 }
        case 0xF0: if second < 0x90 { return 0 }
        case 0xF4: if second > 0x8F { return 0 }
        default: break
        }
        var index = position &+ 1
        while index < position &+ length {
            if bytes[index] & 0xC0 != 0x80 { return 0 }
            index &+= 1
        }
        return length
    }
}
