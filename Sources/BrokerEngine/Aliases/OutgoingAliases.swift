/// The topics that the broker gives numbers on one connection, where its client takes some (MQTT 5.0 §3.1.2.11.5).
///
/// Each topic has one place, by its hash. A topic that comes often keeps its place; one that comes seldom loses it to another after a few
/// misses. So it costs one look a message, and memory as the limit says.
struct OutgoingAliases {
    /// What is done with the topic of one message.
    enum Choice {
        /// It goes out as it is.
        case none
        /// It goes out, and with it the number that stands for it from then on.
        case give(UInt16)
        /// Only the number goes out.
        case use(UInt16)

        /// The number in the packet.
        var alias: UInt16? {
            switch self {
            case .none: nil
            case .give(let alias), .use(let alias): alias
            }
        }
    }

    private struct Place {
        var topic: [UInt8] = []
        /// How often the topic came, less the misses of others.
        var uses: UInt8 = 0
    }

    /// Longer topics get no number, so that the memory has a bound.
    static let longestTopic = 512
    /// Misses of others that a topic survives at first, and at most.
    private static let patience: (first: UInt8, most: UInt8) = (2, 32)

    private var places: [Place] = []
    private let seed: UInt64
    private let shortest: Int

    /// - Parameters:
    ///   - count: How many numbers there are.
    ///   - seed: Mixed into the hashes.
    ///   - shortest: Bytes of the shortest topic that gets one.
    init(count: Int = 0, seed: UInt64 = 0, shortest: Int = 1) {
        places = Array(repeating: Place(), count: count)
        self.seed = seed
        self.shortest = shortest
    }

    /// Whether there are no numbers to give.
    var isEmpty: Bool { places.isEmpty }

    /// What to do with the next message of a topic.
    mutating func choose(_ topic: Span<UInt8>) -> Choice {
        guard topic.count >= shortest, topic.count <= Self.longestTopic, !places.isEmpty else { return .none }
        let hash = EngineHash.mixed(EngineHash.add(topic, topic.indices, to: seed))
        let index = Int(hash % UInt64(places.count))
        if isTopic(index, topic) {
            if places[index].uses < Self.patience.most { places[index].uses += 1 }
            return .use(UInt16(index + 1))
        }
        if places[index].uses > 1 {
            places[index].uses -= 1
            return .none
        }
        return .give(UInt16(index + 1))
    }

    private func isTopic(_ index: Int, _ topic: Span<UInt8>) -> Bool {
        guard places[index].topic.count == topic.count else { return false }
        var at = topic.count
        while at > 0 {
            at -= 1
            if places[index].topic[at] != topic[at] { return false }
        }
        return true
    }

    /// A number was written with its topic: it stands for it from now on.
    mutating func given(_ alias: UInt16, to topic: Span<UInt8>) {
        let index = Int(alias) - 1
        places[index].topic.removeAll(keepingCapacity: true)
        places[index].topic.append(span: topic)
        places[index].uses = Self.patience.first
    }
}
