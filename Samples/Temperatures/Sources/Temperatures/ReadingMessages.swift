/// The messages that a publisher of the sample sends: as many as asked for, the same on every run.
///
/// Every station measures what the file holds. The readings of one station follow each other by the hour, and so many stations take
/// turns: message *n* is reading *n div stations* of station *n mod stations*. When these stations are through the year, as many others begin.
public struct ReadingMessages: RandomAccessCollection, Sendable {
    private let year = RecordedYear.seattle
    /// How many messages there are.
    public let count: Int
    /// How many stations take turns.
    public let stations: Int

    /// Makes the first messages of the endless row.
    ///
    /// - Parameters:
    ///   - count: How many messages; no fewer than zero.
    ///   - stations: How many stations take turns, at least one.
    public init(count: Int, stations: Int) {
        precondition(count >= 0 && stations > 0, "A number of messages is not negative, and somebody sends them")
        self.count = count
        self.stations = stations
    }

    /// The position of the first message.
    public var startIndex: Int { 0 }

    /// The position behind the last message.
    public var endIndex: Int { count }

    /// The message with a number.
    ///
    /// - Parameter position: The number, from 0.
    public subscript(position: Int) -> ReadingMessage {
        precondition((0..<count).contains(position), "There is no message \(position)")
        let (turn, place) = position.quotientAndRemainder(dividingBy: stations)
        let (year, hour) = turn.quotientAndRemainder(dividingBy: self.year.hours.count)
        return ReadingMessage(index: position, station: year * stations + place, hour: self.year.hours[hour])
    }
}
