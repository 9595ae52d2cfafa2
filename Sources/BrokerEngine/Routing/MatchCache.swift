/// The match sets of topics lately used, so that the tree is asked once a topic and not once a message.
struct MatchCache {
    struct Entry {
        var hash: UInt64 = 0
        /// The subscriptions' generation it was made in; an older one is worth nothing.
        var generation: UInt64 = 0
        var topic: [UInt8] = []
        var set = MatchSet()
    }

    /// Topics remembered; a power of two.
    ///
    /// A topic takes the place of another with the same remainder.
    static let size = 8_192
    /// Longer topics are not remembered, so that the memory has a bound.
    static let longestTopic = 512

    var entries: [Entry] = Array(repeating: Entry(), count: MatchCache.size)
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    @inline(__always)
    func hash(_ topic: Span<UInt8>) -> UInt64 {
        var value = seed
        for index in topic.indices {
            value = (value ^ UInt64(topic[index])) &* 0x0000_0100_0000_01B3
        }
        value ^= value >> 32
        value = value &* 0xD6E8_FEB8_6659_FD93
        return value ^ (value >> 29)
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
