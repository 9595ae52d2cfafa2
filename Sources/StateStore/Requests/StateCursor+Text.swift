extension StateCursor {
    /// Reads a cursor as ``append(to:)`` wrote it; the empty text is the start.
    ///
    /// - Parameters:
    ///   - bytes: Where the text lies.
    ///   - range: Which bytes are the text.
    init?(_ bytes: Span<UInt8>, in range: Range<Int>) {
        self = .start
        if range.isEmpty { return }
        var place = range.lowerBound
        guard let position = Self.number(bytes, &place, range.upperBound),
            let mark = Self.number(bytes, &place, range.upperBound),
            let bound = Self.number(bytes, &place, range.upperBound),
            place == range.upperBound &+ 1
        else { return nil }
        self = StateCursor(position: position, mark: mark, bound: bound)
    }

    /// Appends the cursor: three numbers with `.` between, nothing for the start.
    func append(to bytes: inout [UInt8]) {
        if isEmpty { return }
        Decimal.append(position, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        Decimal.append(mark, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        Decimal.append(bound, to: &bytes)
    }

    /// Reads digits up to a `.` or the end, and steps over it.
    private static func number(_ bytes: Span<UInt8>, _ place: inout Int, _ end: Int) -> UInt64? {
        let start = place
        var value: UInt64 = 0
        while place < end, bytes[place] != UInt8(ascii: ".") {
            let digit = bytes[place] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (high, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedToo) = high.addingReportingOverflow(UInt64(digit))
            if overflowed || overflowedToo { return nil }
            value = sum
            place &+= 1
        }
        guard place > start else { return nil }
        place &+= 1
        return value
    }
}
