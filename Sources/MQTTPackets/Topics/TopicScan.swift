/// What the bytes of a topic name show.
enum TopicScan: Equatable {
    /// Well-formed text without wildcard, within the limits; may be empty.
    case valid
    /// Well-formed text without wildcard, with too many bytes or levels.
    case tooLarge
    /// With `+` or `#`, which only filters may hold.
    case wildcard
    /// Not well-formed UTF-8, or with U+0000.
    case malformed

    /// Goes over the bytes once, and once more only if there are enough for too many levels.
    ///
    /// - Parameters:
    ///   - bytes: Where the topic lies.
    ///   - range: Which bytes are the topic.
    ///   - limits: The limits of the receiver.
    init(_ bytes: Span<UInt8>, in range: Range<Int>, limits: PacketLimits) {
        var position = range.lowerBound
        var sawWildcard = false
        while position &+ 8 <= range.upperBound, UTF8Text.isPlainTopic(UTF8Text.load(bytes, position)) {
            position &+= 8
        }
        while position < range.upperBound {
            if let word = UTF8Text.chunk(bytes, position, range.upperBound), UTF8Text.isPlainTopic(word) {
                position &+= 8
                continue
            }
            let length = UTF8Text.scalarLength(bytes, at: position, end: range.upperBound)
            let byte = bytes[position]
            if length == 0 || byte == 0 {
                self = .malformed
                return
            }
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") { sawWildcard = true }
            position &+= length
        }
        if sawWildcard {
            self = .wildcard
        } else if range.count > limits.maximumTopicLength
            || (range.count >= limits.maximumTopicLevels
                && Self.levels(bytes, in: range) > limits.maximumTopicLevels)
        {
            self = .tooLarge
        } else {
            self = .valid
        }
    }

    private static func levels(_ bytes: Span<UInt8>, in range: Range<Int>) -> Int {
        var levels = 1
        for position in range where bytes[position] == UInt8(ascii: "/") { levels &+= 1 }
        return levels
    }
}
