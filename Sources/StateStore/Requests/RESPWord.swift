/// Verbs and options as numbers: the letters of a word, the first in the lowest byte, so that comparing is one instruction.
enum RESPWord {
    static let set: UInt64 = 0x0054_4553
    static let get: UInt64 = 0x0054_4547
    static let del: UInt64 = 0x004C_4544
    static let vdel: UInt64 = 0x4C45_4456
    /// `KEYNOTIF`, of KEYNOTIFY.
    static let keynotif: UInt64 = 0x4649_544F_4E59_454B
    static let stop: UInt64 = 0x504F_5453
    static let nx: UInt64 = 0x584E
    static let nex: UInt64 = 0x0058_454E
    static let px: UInt64 = 0x5850
    static let ifv: UInt64 = 0x0056_4649
    static let getmany: UInt64 = 0x0059_4E41_4D54_4547
    static let getnew: UInt64 = 0x5745_4E54_4547
    static let scan: UInt64 = 0x4E41_4353
    static let values: UInt64 = 0x5345_554C_4156
    static let since: UInt64 = 0x45_434E_4953
    static let watch: UInt64 = 0x48_4354_4157
    static let ack: UInt64 = 0x004B_4341
    static let retry: UInt64 = 0x59_5254_4552
    static let check: UInt64 = 0x4B_4345_4843
    static let publish: UInt64 = 0x0048_5349_4C42_5550
    static let ft: UInt64 = 0x5446
    static let qos: UInt64 = 0x0053_4F51
    static let retain: UInt64 = 0x4E49_4154_4552
    /// `EXPIRY`.
    static let expiry: UInt64 = 0x5952_4950_5845
    static let type: UInt64 = 0x4550_5954
    static let format: UInt64 = 0x5441_4D52_4F46
    static let response: UInt64 = 0x4553_4E4F_5053_4552
    /// `CORRELAT`, of CORRELATION.
    static let correlat: UInt64 = 0x5441_4C45_5252_4F43
    static let up: UInt64 = 0x5055

    /// A word as a number, small letters made capital; 0 for what is no word of this table's kind.
    ///
    /// Of the two words of the table that are longer than eight letters the rest is compared here.
    @inline(__always)
    static func word(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        if range.count > 8 { return longWord(bytes, range) }
        let word = letters(bytes, range)
        // The heads of the two long words are no words.
        return word == keynotif || word == correlat ? 0 : word
    }

    @inline(__always)
    private static func letters(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for position in range {
            let letter = bytes[position] & 0xDF
            // Anything but a letter would stand for another word, if only a zero at the end.
            if letter &- UInt8(ascii: "A") >= 26 { return 0 }
            value |= UInt64(letter) &<< shift
            shift &+= 8
        }
        return value
    }

    private static func longWord(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        let middle = range.lowerBound &+ 8
        let head = letters(bytes, range.lowerBound..<middle)
        let tail = range.count <= 11 ? letters(bytes, middle..<range.upperBound) : 0
        if head == keynotif, tail == 0x59 { return head }
        if head == correlat, tail == 0x004E_4F49 { return head }
        return 0
    }
}
