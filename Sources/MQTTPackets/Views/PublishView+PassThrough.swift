extension PublishView {
    /// Gives the places of the properties that go to subscribers as they are: all but topic alias and message expiry
    /// (MQTT 5.0 §3.3.2.3).
    ///
    /// Neighbours are given as one range, so that a copy is one copy.
    ///
    /// - Parameters:
    ///   - bytes: The span that was parsed.
    ///   - properties: The ``properties`` of a view of it, which are known to be good.
    ///   - body: Called with ranges of whole properties, in their order.
    package static func forEachPassThroughProperty(
        _ bytes: Span<UInt8>,
        in properties: Range<Int>,
        _ body: (Range<Int>) -> Void
    ) {
        var start = properties.lowerBound
        var position = start
        while position < properties.upperBound {
            let next = end(of: bytes, at: position, within: properties.upperBound)
            let property = PropertyIdentifier(rawValue: bytes[position])
            if property == .topicAlias || property == .messageExpiryInterval {
                if start < position { body(start..<position) }
                start = next
            }
            position = next
        }
        if start < position { body(start..<position) }
    }

    /// Where the property ends that begins at a place; never beyond the section.
    static func end(of bytes: Span<UInt8>, at position: Int, within end: Int) -> Int {
        let value = position &+ 1
        switch bytes[position] {
        case PropertyIdentifier.payloadFormatIndicator.rawValue:
            return min(value &+ 1, end)
        case PropertyIdentifier.topicAlias.rawValue:
            return min(value &+ 2, end)
        case PropertyIdentifier.messageExpiryInterval.rawValue:
            return min(value &+ 4, end)
        case PropertyIdentifier.userProperty.rawValue:
            return stepOver(bytes, stepOver(bytes, value, end), end)
        default:
            return stepOver(bytes, value, end)
        }
    }

    /// Steps over a length of two bytes and what it counts.
    @inline(__always)
    static func stepOver(_ bytes: Span<UInt8>, _ position: Int, _ end: Int) -> Int {
        guard end &- position >= 2 else { return end }
        let length = Int(bytes[position]) &<< 8 | Int(bytes[position &+ 1])
        return min(position &+ 2 &+ length, end)
    }
}
