/// The messages that a publisher of the sample sends: as many as asked for, the same on every run.
public struct DayMessages: RandomAccessCollection, Sendable {
    private let year = RecordedYear.seattle
    /// How many messages there are.
    public let count: Int

    /// Makes the first messages of the endless row of stations.
    ///
    /// - Parameter count: How many messages; no fewer than zero.
    public init(count: Int) {
        precondition(count >= 0, "A number of messages is not negative")
        self.count = count
    }

    /// The position of the first message.
    public var startIndex: Int { 0 }

    /// The position behind the last message.
    public var endIndex: Int { count }

    /// The message with a number.
    ///
    /// - Parameter position: The number, from 0.
    public subscript(position: Int) -> DayMessage {
        precondition((0..<count).contains(position), "There is no message \(position)")
        return DayMessage(index: position, year: year)
    }
}
