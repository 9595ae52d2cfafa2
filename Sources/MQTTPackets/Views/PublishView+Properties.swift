extension PublishView {
    /// Gives the places of the values of all properties, in their order (MQTT 5.0 §3.3.2.3).
    ///
    /// - Parameters:
    ///   - bytes: The span that was parsed.
    ///   - properties: The ``properties`` of a view of it, which are known to be good.
    ///   - body: Called with the property, where its value lies (without its length; of a user property: the name), and where
    ///     the value of a user property lies (empty for the others).
    package static func forEachProperty(
        _ bytes: Span<UInt8>,
        in properties: Range<Int>,
        _ body: (PropertyIdentifier, Range<Int>, Range<Int>) -> Void
    ) {
        var position = properties.lowerBound
        while position < properties.upperBound {
            let next = end(of: bytes, at: position, within: properties.upperBound)
            guard let property = PropertyIdentifier(rawValue: bytes[position]) else { return }
            let value = position &+ 1
            switch property {
            case .payloadFormatIndicator, .topicAlias, .messageExpiryInterval:
                body(property, value..<next, next..<next)
            case .userProperty:
                let middle = stepOver(bytes, value, next)
                if middle &+ 2 <= next, value &+ 2 <= middle {
                    body(property, value &+ 2..<middle, middle &+ 2..<next)
                }
            default:
                if value &+ 2 <= next { body(property, value &+ 2..<next, next..<next) }
            }
            position = next
        }
    }
}
