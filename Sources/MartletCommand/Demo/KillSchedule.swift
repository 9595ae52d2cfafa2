/// Who is killed when: a random replica about every second, the broker about every three, all of it decided by the seed.
///
/// Intervals are spread evenly over 0.6 to 1.4 of their mean, so that kills of replicas and of the broker fall together now and then.
struct KillSchedule: Sequence, IteratorProtocol, Sendable {
    /// The mean time between two kills of replicas.
    static let replicaInterval = Duration.seconds(1)
    /// The mean time between two kills of the broker.
    static let brokerInterval = Duration.seconds(3)

    private let replicas: Int
    private var replicaGenerator: SeededGenerator
    private var brokerGenerator: SeededGenerator
    private var nextReplicaKill: Duration
    private var nextBrokerKill: Duration

    /// The schedule of a run with as many replicas (at least one).
    init(seed: UInt64, replicas: Int) {
        self.replicas = replicas
        // Two generators, so that the times of one kind do not shift with the number of the other.
        self.replicaGenerator = SeededGenerator(seed: seed)
        self.brokerGenerator = SeededGenerator(seed: ~seed)
        self.nextReplicaKill = Self.interval(Self.replicaInterval, &replicaGenerator)
        self.nextBrokerKill = Self.interval(Self.brokerInterval, &brokerGenerator)
    }

    /// The next kill; there is always one.
    mutating func next() -> Kill? {
        if nextBrokerKill < nextReplicaKill {
            defer { nextBrokerKill += Self.interval(Self.brokerInterval, &brokerGenerator) }
            return Kill(at: nextBrokerKill, target: .broker)
        }
        let replica = replicaGenerator.index(below: replicas)
        defer { nextReplicaKill += Self.interval(Self.replicaInterval, &replicaGenerator) }
        return Kill(at: nextReplicaKill, target: .replica(replica))
    }

    private static func interval(_ mean: Duration, _ generator: inout SeededGenerator) -> Duration {
        mean * (0.6 + 0.8 * generator.fraction())
    }
}
