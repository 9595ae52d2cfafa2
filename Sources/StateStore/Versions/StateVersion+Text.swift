extension StateVersion {
    /// Reads a version as peers write it: `milliseconds:counter:node`, padded with zeros or not.
    ///
    /// A fraction of a millisecond, which one client writes, is dropped.
    ///
    /// - Parameters:
    ///   - bytes: Where the text lies.
    ///   - range: Which bytes are the text.
    package init?(_ bytes: Span<UInt8>, in range: Range<Int>) {
        guard let parts = StateInstant.parse(bytes, in: range) else { return nil }
        // Safe because the pointer is only read inside the closure, while the span is borrowed.
        let node = bytes.extracting(parts.node).withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
        guard let node else { return nil }
        self.init(instant: parts.instant, node: node)
    }

    /// Reads a version as peers write it.
    ///
    /// - Parameter text: Three parts with `:` between.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.span, in: 0..<bytes.count)
    }

    /// The version as it is written: `%015d:%05d:node`.
    package var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many bytes the text has.
    package var textLength: Int {
        max(15, Decimal.digits(of: UInt64(max(milliseconds, 0)))) &+ max(5, Decimal.digits(of: counter))
            &+ node.utf8.count &+ 2
    }

    /// Appends the version's text.
    ///
    /// - Parameter bytes: What it is appended to.
    @inline(__always)
    package func append(to bytes: inout [UInt8]) {
        instant.append(to: &bytes)
        bytes.append(contentsOf: node.utf8)
    }
}

extension StateVersion: CustomStringConvertible {
    package var description: String { text }
}

extension StateInstant {
    /// Reads the first two parts of a version's text, and says where the third lies.
    ///
    /// - Parameters:
    ///   - bytes: Where the text lies.
    ///   - range: Which bytes are the text.
    /// - Returns: Nil if it is none: not exactly three parts, no number, one that overflows, an empty node.
    package static func parse(
        _ bytes: Span<UInt8>,
        in range: Range<Int>
    ) -> (instant: StateInstant, node: Range<Int>)? {
        guard range.count <= StateVersion.maximumTextLength else { return nil }
        var position = range.lowerBound
        guard let milliseconds = number(bytes, &position, range.upperBound) else { return nil }
        if position < range.upperBound, bytes[position] == UInt8(ascii: ".") {
            position &+= 1
            guard number(bytes, &position, range.upperBound, wraps: true) != nil else { return nil }
        }
        guard step(bytes, &position, range.upperBound),
            let counter = number(bytes, &position, range.upperBound),
            step(bytes, &position, range.upperBound), position < range.upperBound,
            milliseconds <= UInt64(Int64.max)
        else { return nil }
        for place in position..<range.upperBound where bytes[place] == UInt8(ascii: ":") { return nil }
        let instant = StateInstant(milliseconds: Int64(milliseconds), counter: counter)
        return (instant, position..<range.upperBound)
    }

    /// Appends `%015d:%05d:`.
    @inline(__always)
    func append(to bytes: inout [UInt8]) {
        Decimal.append(UInt64(max(milliseconds, 0)), digits: 15, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Decimal.append(counter, digits: 5, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private static func number(
        _ bytes: Span<UInt8>,
        _ position: inout Int,
        _ end: Int,
        wraps: Bool = false
    ) -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while position < end, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            let (high, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedToo) = high.addingReportingOverflow(UInt64(digit))
            if (overflowed || overflowedToo) && !wraps { return nil }
            value = wraps ? 0 : sum
            position &+= 1
        }
        return position > start ? value : nil
    }

    private static func step(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) -> Bool {
        guard position < end, bytes[position] == UInt8(ascii: ":") else { return false }
        position &+= 1
        return true
    }
}
