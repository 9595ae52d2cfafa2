/// The topics that a client gave numbers on its present connection (MQTT 5.0 §3.3.2.3.4).
struct IncomingAliases {
    /// By number, less 1; empty for one that was not given.
    private var topics: [[UInt8]] = []
    /// Bytes of all topics.
    private(set) var bytes = 0

    /// The topic of an alias; nil for one that was not given.
    subscript(alias: UInt16) -> [UInt8]? {
        let index = Int(alias) - 1
        guard index < topics.count, !topics[index].isEmpty else { return nil }
        return topics[index]
    }

    /// Gives an alias to a topic, in the place of the topic that had it.
    mutating func set(_ alias: UInt16, to topic: Span<UInt8>) {
        let index = Int(alias) - 1
        while topics.count <= index { topics.append([]) }
        bytes += topic.count - topics[index].count
        topics[index].removeAll(keepingCapacity: true)
        topics[index].append(span: topic)
    }

    /// Appends the topic of an alias; false for one that was not given.
    func append(_ alias: UInt16, to out: inout [UInt8]) -> Bool {
        let index = Int(alias) - 1
        guard index < topics.count, !topics[index].isEmpty else { return false }
        out.append(contentsOf: topics[index])
        return true
    }
}
