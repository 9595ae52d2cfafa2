/// The match sets of topics lately used, so that the tree is asked once a topic and not once a message.
struct MatchCache {
    struct Entry {
        var hash: UInt64 = 0
        /// The subscriptions' generation it was made in; an older one is worth nothing.
        var generation: UInt64 = 0
        var topic: [UInt8] = []
        var set = MatchSet()
    }

    /// Longer topics are not remembered, so that the memory has a bound.
    static let longestTopic = 512

    var entries: [Entry]
    private let seed: UInt64

    /// - Parameters:
    ///   - seed: Mixed into the hashes.
    ///   - size: How many topics are remembered; rounded down to a power of two.
    ///
    ///     A topic takes the place of another with the same remainder.
    init(seed: UInt64, size: Int) {
        self.seed = seed
        entries = Array(repeating: Entry(), count: 1 << (Int.bitWidth - 1 - max(1, size).leadingZeroBitCount))
    }

    /// The place of a topic.
    @inline(__always)
    func index(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (entries.count - 1) }

    @inline(__always)
    func hash(_ topic: Span<UInt8>) -> UInt64 {
        EngineHash.mixed(EngineHash.add(topic, topic.indices, to: seed))
    }

    /// Whether the entry holds the topic's match set of this generation.
    @inline(__always)
    func holds(_ index: Int, hash: UInt64, topic: Span<UInt8>, generation: UInt64) -> Bool {
        guard entries[index].hash == hash, entries[index].generation == generation,
            entries[index].topic.count == topic.count
        else { return false }
        for offset in topic.indices where entries[index].topic[offset] != topic[offset] { return false }
        return true
    }
}
