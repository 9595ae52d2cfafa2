/// What one pass over the bytes of a topic name shows.
enum TopicScan: Equatable {
    /// Well-formed text without wildcard, of so many levels; an empty name has one.
    case levels(Int)
    /// Not well-formed UTF-8, or with U+0000.
    case malformed
    /// With `+` or `#`, which only filters may hold.
    case wildcard

    /// Goes over the bytes once.
    ///
    /// - Parameters:
    ///   - bytes: Where the topic lies.
    ///   - range: Which bytes are the topic.
    init(_ bytes: Span<UInt8>, in range: Range<Int>) {
        var position = range.lowerBound
        var levels = 1
        var sawWildcard = false
        while position < range.upperBound {
            if position &+ 8 <= range.upperBound {
                let word = UTF8Text.load(bytes, position)
                let plus = word ^ (UTF8Text.ones &* 0x2B)
                let hash = word ^ (UTF8Text.ones &* 0x23)
                let odd = word | UTF8Text.zeroes(word) | UTF8Text.zeroes(plus) | UTF8Text.zeroes(hash)
                if odd & UTF8Text.highs == 0 {
                    // Exact for each byte because all eight are ASCII: bit 7 stays clear only where the byte was "/".
                    let slash = (word ^ (UTF8Text.ones &* 0x2F)) &+ (UTF8Text.ones &* 0x7F)
                    levels &+= 8 &- (slash & UTF8Text.highs).nonzeroBitCount
                    position &+= 8
                    continue
                }
            }
            let byte = bytes[position]
            if byte < 0x80 {
                if byte == 0 {
                    self = .malformed
                    return
                }
                if byte == 0x2F { levels &+= 1 }
                if byte == 0x2B || byte == 0x23 { sawWildcard = true }
                position &+= 1
            } else {
                let length = UTF8Text.scalarLength(bytes, at: position, end: range.upperBound)
                if length == 0 {
                    self = .malformed
                    return
                }
                position &+= length
            }
        }
        self = sawWildcard ? .wildcard : .levels(levels)
    }
}
