public import Martlet

/// Adds each reading to its day, and publishes the minimum, the mean and the maximum of a day with its last reading.
///
/// The day in the state, what is published and the acknowledgement of the reading happen together or not at all. So the handler may
/// count: a reading that comes again after a crash was either not counted, or does not come again.
public struct DailyTemperatures: Handler {
    private let work: Duration
    private let observer: (@Sendable (HandlingEvent) -> Void)?
    private let mark: (@Sendable () -> String)?

    /// Makes the handler.
    ///
    /// - Parameters:
    ///   - work: How long to sleep over each reading, to have something in hand when a demonstration kills the process.
    ///   - observer: Is told of each handling.
    ///   - mark: What each result carries as the user property `mark`, to tell the handlings apart that published it.
    public init(
        work: Duration = .zero,
        observer: (@Sendable (HandlingEvent) -> Void)? = nil,
        mark: (@Sendable () -> String)? = nil
    ) {
        self.work = work
        self.observer = observer
        self.mark = mark
    }

    /// Adds one reading to its day.
    ///
    /// - Parameters:
    ///   - reading: The reading.
    ///   - context: Where the message came from, and the state.
    /// - Throws: `PermanentError` when the reading is none, and what the state throws.
    public func handle(_ reading: Reading, context: HandlerContext) async throws {
        let tenths = try Self.tenths(of: reading)
        let name = Temperatures.readingName(station: reading.station, date: reading.date, hour: reading.hour)
        observer?(.started(reading: name))
        let key = Temperatures.days[reading.station][reading.date]
        var day = try await context.state.get(key) ?? Day()
        day.add(tenths: tenths, hour: reading.hour)
        try context.state.set(day, for: key)
        if work > .zero { try await Task.sleep(for: work) }
        if day.count == reading.of {
            let result = DayResult(station: reading.station, date: reading.date, day: day)
            let marks = mark.map { [MQTTUserProperty(Temperatures.markProperty, $0())] } ?? []
            try context.publish(
                bytes: result.payload,
                to: result.topic,
                properties: MQTTMessageProperties(contentType: "application/json", userProperties: marks)
            )
        }
        observer?(.finished(reading: name))
    }

    private static func tenths(of reading: Reading) throws -> Int {
        guard (0..<24).contains(reading.hour), (1...24).contains(reading.of) else {
            throw PermanentError("hour \(reading.hour) of \(reading.of) readings is none")
        }
        guard !(reading.station + reading.date).contains(where: { "/+#\0".contains($0) }), !reading.station.isEmpty
        else {
            throw PermanentError("'\(reading.station)' on '\(reading.date)' names no result topic")
        }
        // A sensor writes tenths of a degree; what is beyond a million degrees is no reading.
        guard abs(reading.temperature) < 1_000_000 else { throw PermanentError("the reading is out of range") }
        return Int((reading.temperature * 10).rounded())
    }
}
