/// Numbers as decimal text, in bytes.
enum Decimal {
    /// Appends a number.
    ///
    /// - Parameters:
    ///   - value: The number.
    ///   - digits: How many digits it has at least; zeros come before.
    ///   - bytes: What it is appended to.
    @inline(__always)
    static func append(_ value: UInt64, digits: Int = 1, to bytes: inout [UInt8]) {
        let count = max(digits, self.digits(of: value))
        let end = bytes.count &+ count
        for _ in 0..<count { bytes.append(UInt8(ascii: "0")) }
        var rest = value
        var position = end &- 1
        while rest > 0 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            bytes[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: remainder)
            rest = quotient
            position &-= 1
        }
    }

    /// Appends a number with its sign.
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(value.magnitude, to: &bytes)
    }

    /// How many digits a number has.
    @inline(__always)
    static func digits(of value: UInt64) -> Int {
        var count = 1
        var limit: UInt64 = 10
        while value >= limit {
            count &+= 1
            if count == 20 { break }
            limit = limit &* 10
        }
        return count
    }
}
