/// The topics that a connection was lately allowed to publish to, so that a steady stream asks the rules once and not once a message.
struct AllowedTopics {
    /// Longer topics are not remembered, so that the memory has a bound.
    static let longestTopic = 512

    private var topics: [[UInt8]] = []
    private var oldest = 0

    @inline(__always)
    func contains(_ topic: Span<UInt8>) -> Bool {
        var index = 0
        while index < topics.count {
            if isTopic(index, topic) { return true }
            index += 1
        }
        return false
    }

    @inline(__always)
    private func isTopic(_ index: Int, _ topic: Span<UInt8>) -> Bool {
        guard topics[index].count == topic.count else { return false }
        // From the end: topics of one client mostly begin alike.
        var at = topic.count
        while at > 0 {
            at -= 1
            if topics[index][at] != topic[at] { return false }
        }
        return true
    }

    /// Remembers a topic, in the place of the oldest where there are `limit` already.
    mutating func insert(_ topic: Span<UInt8>, limit: Int) {
        guard topic.count <= Self.longestTopic, limit > 0 else { return }
        var copy: [UInt8] = []
        copy.append(span: topic)
        if topics.count < limit {
            topics.append(copy)
        } else {
            if oldest >= topics.count { oldest = 0 }
            topics[oldest] = copy
            oldest += 1
        }
    }

    /// The rules may be others now.
    mutating func removeAll() {
        topics = []
        oldest = 0
    }
}
