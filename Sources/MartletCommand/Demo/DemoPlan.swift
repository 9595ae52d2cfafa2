/// What a run of the demonstration does.
struct DemoPlan: Sendable {
    /// The most stations that take turns.
    private static let mostStations = 96
    /// So many readings a station at least, so that every station finishes days.
    private static let readingsPerStation = 100

    var messages: Int
    var replicas: Int
    /// Messages a second, `nil` for as fast as it goes.
    var rate: Double?
    /// How long the handler works on a message.
    var work: Duration
    var seed: UInt64
    /// Whether replicas and broker are killed from outside.
    var kills: Bool
    /// Whether they die at numbered points of their own code.
    var crashPoints: Bool

    /// How many stations take turns.
    ///
    /// The readings of one day change one value of the state. With many stations two of a day are seldom in hand at once, so versions
    /// conflict now and then (after a kill, when what was in hand goes to others), as they do in life, and not with every message.
    var stations: Int { max(1, min(Self.mostStations, messages / Self.readingsPerStation)) }
}
