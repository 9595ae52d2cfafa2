/// What stands only in answers.
extension RESPReader {
    /// Reads a marker and the rest of its line.
    ///
    /// - Parameter bytes: Where the payload lies.
    /// - Returns: Where the rest lies.
    /// - Throws: ``StateError/syntax``.
    mutating func line(_ bytes: Span<UInt8>) throws(StateError) -> Range<Int> {
        let start = position &+ 1
        var place = start
        while place < end, bytes[place] != 0x0D, bytes[place] != 0x0A { place &+= 1 }
        guard end &- place >= 2, bytes[place] == 0x0D, bytes[place &+ 1] == 0x0A else { throw .syntax }
        position = place &+ 2
        return start..<place
    }

    /// Reads `:n`, which may be negative.
    ///
    /// - Parameter bytes: Where the payload lies.
    /// - Returns: The number.
    /// - Throws: ``StateError/syntax``.
    mutating func integer(_ bytes: Span<UInt8>) throws(StateError) -> Int64 {
        let line = try line(bytes)
        var place = line.lowerBound
        let isNegative = place < line.upperBound && bytes[place] == UInt8(ascii: "-")
        if isNegative { place &+= 1 }
        let digits = line.upperBound &- place
        guard digits > 0, digits <= 18, digits == 1 || bytes[place] != UInt8(ascii: "0") else { throw .syntax }
        var value: Int64 = 0
        while place < line.upperBound {
            let digit = bytes[place] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .syntax }
            value = value &* 10 &+ Int64(digit)
            place &+= 1
        }
        return isNegative ? -value : value
    }

    /// Steps over `$-1\r\n`.
    ///
    /// - Parameter bytes: Where the payload lies.
    /// - Returns: Whether it was there.
    /// - Throws: ``StateError/syntax`` for any other negative length.
    mutating func skipNull(_ bytes: Span<UInt8>) throws(StateError) -> Bool {
        guard end &- position >= 2, bytes[position &+ 1] == UInt8(ascii: "-") else { return false }
        guard end &- position >= 5, bytes[position &+ 2] == UInt8(ascii: "1"), bytes[position &+ 3] == 0x0D,
            bytes[position &+ 4] == 0x0A
        else { throw .syntax }
        position &+= 5
        return true
    }
}
