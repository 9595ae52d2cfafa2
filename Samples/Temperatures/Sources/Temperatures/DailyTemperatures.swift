public import Martlet

/// Publishes the minimum, the mean and the maximum of each day that it is given.
///
/// It keeps nothing, and one day always goes to the same topic with the same bytes: handling a message again changes nothing.
public struct DailyTemperatures: Handler {
    private let work: Duration
    private let observer: (@Sendable (HandlingEvent) -> Void)?

    /// Makes the handler.
    ///
    /// - Parameters:
    ///   - work: How long to sleep over each day, to have something in hand when a demonstration kills the process.
    ///   - observer: Is told of each handling.
    public init(work: Duration = .zero, observer: (@Sendable (HandlingEvent) -> Void)? = nil) {
        self.work = work
        self.observer = observer
    }

    /// Publishes the result of one day.
    ///
    /// - Parameters:
    ///   - day: The day.
    ///   - context: Where the message came from.
    /// - Throws: `PermanentError` when the day has no readings, or names no topic to publish its result to.
    public func handle(_ day: StationDay, context: HandlerContext) async throws {
        let topic = Temperatures.resultTopic(station: day.station, date: day.date)
        observer?(.started(topic: topic))
        if work > .zero { try await Task.sleep(for: work) }
        let result = try Self.result(of: day)
        try context.publish(
            bytes: result.payload,
            to: result.topic,
            properties: MQTTMessageProperties(contentType: "application/json")
        )
        observer?(.finished(topic: topic))
    }

    private static func result(of day: StationDay) throws -> DayResult {
        guard !day.readings.isEmpty else { throw PermanentError("the day has no readings") }
        guard !(day.station + day.date).contains(where: { "/+#\0".contains($0) }), !day.station.isEmpty else {
            throw PermanentError("'\(day.station)' on '\(day.date)' names no result topic")
        }
        // A sensor writes tenths of a degree; what is beyond a million degrees is no reading.
        guard day.readings.allSatisfy({ abs($0) < 1_000_000 }) else {
            throw PermanentError("a reading is out of range")
        }
        // Tenths are whole numbers, so sums are exact whatever the order.
        let tenths = day.readings.map { Int(($0 * 10).rounded()) }
        var (minimum, maximum, sum) = (tenths[0], tenths[0], 0)
        for reading in tenths {
            minimum = min(minimum, reading)
            maximum = max(maximum, reading)
            sum += reading
        }
        let mean = Int((Double(sum) * 10 / Double(tenths.count)).rounded())
        return DayResult(station: day.station, date: day.date, minimum: minimum, mean: mean, maximum: maximum)
    }
}
