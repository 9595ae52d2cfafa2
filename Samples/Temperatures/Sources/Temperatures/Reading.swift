/// One reading of one station, as it arrives.
public struct Reading: Codable, Sendable, Equatable {
    /// The station that measured.
    public var station: String
    /// The day, as `2010-01-31`.
    public var date: String
    /// The hour of the day, from 0 to 23.
    public var hour: Int
    /// How many readings the station sends that day: 24, but for the day on which clocks skip an hour.
    public var of: Int
    /// The temperature in degrees Fahrenheit.
    public var temperature: Double

    /// Makes a reading.
    ///
    /// - Parameters:
    ///   - station: The station that measured.
    ///   - date: The day, as `2010-01-31`.
    ///   - hour: The hour of the day, from 0 to 23.
    ///   - of: How many readings the station sends that day.
    ///   - temperature: The temperature in degrees Fahrenheit.
    public init(station: String, date: String, hour: Int, of: Int, temperature: Double) {
        self.station = station
        self.date = date
        self.hour = hour
        self.of = of
        self.temperature = temperature
    }
}
