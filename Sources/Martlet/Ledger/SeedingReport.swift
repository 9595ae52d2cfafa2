/// What a replica tells the others while a store is seeded: how far it is, and which replicas it knows of.
///
/// Lines of text: the number of the round, `begun` or `done`, and then a name a line.
struct SeedingReport: Sendable, Equatable {
    private static let done = "done"
    private static let begun = "begun"

    /// Which round it is about.
    var round: String
    /// Whether the replica has put back all that it knows.
    var isDone: Bool
    /// The replicas that it knows of, itself included.
    var replicas: Set<String>

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - round: Which round it is about.
    ///   - isDone: Whether the replica has put back all that it knows.
    ///   - replicas: The replicas that it knows of.
    init(round: String, isDone: Bool, replicas: Set<String>) {
        self.round = round
        self.isDone = isDone
        self.replicas = replicas
    }

    /// Reads a report.
    ///
    /// - Parameter bytes: What ``bytes`` gave; `nil` comes of anything else.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count >= 2, lines[1] == Self.done || lines[1] == Self.begun else { return nil }
        self.init(round: lines[0], isDone: lines[1] == Self.done, replicas: Set(lines[2...]))
    }

    /// The bytes for the store.
    var bytes: [UInt8] {
        Array(([round, isDone ? Self.done : Self.begun] + replicas.sorted()).joined(separator: "\n").utf8)
    }
}
