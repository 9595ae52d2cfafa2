extension TopicFilter {
    /// Whether a message to this topic goes to subscribers of this filter (MQTT 5.0 §4.7.1, §4.7.2).
    ///
    /// - Parameter topic: A valid topic name.
    /// - Returns: Whether it matches; a wildcard at the beginning matches no topic that begins with `$`.
    package func matches(topic: String) -> Bool {
        matches(topic: Array(topic.utf8).span)
    }

    /// Whether a message to the topic of these bytes goes to subscribers of this filter.
    ///
    /// - Parameter topic: The bytes of a valid topic name.
    /// - Returns: Whether it matches; a wildcard at the beginning matches no topic that begins with `$`.
    package func matches(topic: Span<UInt8>) -> Bool {
        if topic.isEmpty { return false }
        if topic[0] == UInt8(ascii: "$"), !isName(0) { return false }
        var position = 0
        // Where the topic has no more levels, `position` is one past its end.
        for level in levels {
            if level == .anyRest { return true }
            if position > topic.count { return false }
            var end = position
            while end < topic.count, topic[end] != UInt8(ascii: "/") { end += 1 }
            if case .name(let name) = level {
                if name.count != end - position { return false }
                for index in name.indices where name[index] != topic[position + index] { return false }
            }
            position = end + 1
        }
        return position > topic.count
    }

    private func isName(_ index: Int) -> Bool {
        if case .name = levels[index] { true } else { false }
    }
}
