/// One day of one station, as it arrives.
public struct StationDay: Codable, Sendable, Equatable {
    /// The station that measured.
    public var station: String
    /// The day, as `2010-01-31`.
    public var date: String
    /// The readings of the day in degrees Fahrenheit, in the order of the hours: 24 of them, but for the day on which clocks skip one.
    public var readings: [Double]

    /// Makes a day.
    ///
    /// - Parameters:
    ///   - station: The station that measured.
    ///   - date: The day, as `2010-01-31`.
    ///   - readings: The readings in degrees Fahrenheit.
    public init(station: String, date: String, readings: [Double]) {
        self.station = station
        self.date = date
        self.readings = readings
    }
}
