/// The oracle: what the results of the first messages must be, computed straight from the file.
///
/// It knows nothing of messages or handlers, so that a verdict over both is worth something.
public struct ExpectedResults: RandomAccessCollection, Sendable {
    private let year = RecordedYear.seattle
    /// How many results there are: one a message.
    public let count: Int

    /// Expects the results of the first messages.
    ///
    /// - Parameter count: How many messages were sent.
    public init(count: Int) {
        precondition(count >= 0, "A number of messages is not negative")
        self.count = count
    }

    /// The position of the first result.
    public var startIndex: Int { 0 }

    /// The position behind the last result.
    public var endIndex: Int { count }

    /// The result of the message with the same number.
    ///
    /// - Parameter position: The message's number, from 0.
    public subscript(position: Int) -> DayResult {
        precondition((0..<count).contains(position), "There is no result \(position)")
        let day = year.days[position % year.days.count]
        let station = Temperatures.stationName(position / year.days.count)
        let sorted = day.tenths.sorted()
        return DayResult(
            station: station,
            date: day.date,
            minimum: sorted[0],
            mean: Self.meanHundredths(of: day.tenths),
            maximum: sorted[sorted.count - 1]
        )
    }

    /// Finds the message whose result belongs to a topic.
    ///
    /// - Parameter topic: A result topic.
    /// - Returns: The message's number, or `nil` when no message of these has that result topic.
    public func index(ofTopic topic: String) -> Int? {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count == 4, let number = Int(levels[2].drop { !$0.isNumber }) else { return nil }
        guard number >= 0, number <= count / year.days.count, let day = dayNumber(of: levels[3]) else { return nil }
        let index = number * year.days.count + day
        guard index < count, self[index].topic == topic else { return nil }
        return index
    }

    /// The mean of tenths in hundredths, halves rounded away from zero, in whole numbers throughout.
    private static func meanHundredths(of tenths: [Int]) -> Int {
        let sum = tenths.reduce(0, +)
        let magnitude = (Int(sum.magnitude) * 20 + tenths.count) / (2 * tenths.count)
        return sum < 0 ? -magnitude : magnitude
    }

    /// The place of a date in the file; the days of the file stand in the order of the calendar.
    private func dayNumber(of date: Substring) -> Int? {
        var low = 0
        var high = year.days.count - 1
        while low <= high {
            let middle = (low + high) / 2
            if year.days[middle].date == date { return middle }
            if year.days[middle].date < date { low = middle + 1 } else { high = middle - 1 }
        }
        return nil
    }
}
