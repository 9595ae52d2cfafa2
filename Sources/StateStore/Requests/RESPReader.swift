/// Walks over arrays of bulk strings where they lie, strictly: what is cut, padded, negative or too long is a syntax error.
///
/// It holds no bytes, only places: the span is handed to each call.
struct RESPReader: Sendable {
    /// The most digits that a length may have: more than any packet needs, and far from overflow.
    static let maximumDigits = 10

    /// Where the next element begins.
    var position: Int
    /// Where the payload ends.
    let end: Int

    /// Makes a reader at the start of a payload.
    ///
    /// - Parameter payload: Where it lies.
    @inline(__always)
    init(_ payload: Range<Int>) {
        position = payload.lowerBound
        end = payload.upperBound
    }

    /// Whether everything was read.
    @inline(__always)
    var isAtEnd: Bool { position >= end }

    /// Reads `*n\r\n`.
    ///
    /// - Parameter bytes: Where the payload lies.
    /// - Returns: How many elements follow; never more than there are bytes for.
    /// - Throws: ``StateError/syntax``.
    @inline(__always)
    mutating func array(_ bytes: Span<UInt8>) throws(StateError) -> Int {
        let count = try number(bytes, after: UInt8(ascii: "*"))
        // An element takes four bytes at least (`:0\r\n`): no loop over elements that cannot be there.
        guard count <= (end &- position) / 4 else { throw .syntax }
        return count
    }

    /// Reads `$n\r\n` and n bytes and `\r\n`.
    ///
    /// - Parameter bytes: Where the payload lies.
    /// - Returns: Where the string lies.
    /// - Throws: ``StateError/syntax``.
    @inline(__always)
    mutating func bulk(_ bytes: Span<UInt8>) throws(StateError) -> Range<Int> {
        let count = try number(bytes, after: UInt8(ascii: "$"))
        guard count <= end &- position &- 2 else { throw .syntax }
        let start = position
        position = start &+ count
        try lineEnd(bytes)
        return start..<start &+ count
    }

    /// Reads a marker, a number without sign and without leading zeros, and the end of the line.
    @inline(__always)
    private mutating func number(_ bytes: Span<UInt8>, after marker: UInt8) throws(StateError) -> Int {
        guard position < end, bytes[position] == marker else { throw .syntax }
        position &+= 1
        let start = position
        var value = 0
        while position < end, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            guard position &- start < Self.maximumDigits else { throw .syntax }
            value = value &* 10 &+ Int(digit)
            position &+= 1
        }
        let digits = position &- start
        guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0") else { throw .syntax }
        try lineEnd(bytes)
        return value
    }

    @inline(__always)
    private mutating func lineEnd(_ bytes: Span<UInt8>) throws(StateError) {
        guard end &- position >= 2, bytes[position] == 0x0D, bytes[position &+ 1] == 0x0A else { throw .syntax }
        position &+= 2
    }
}
