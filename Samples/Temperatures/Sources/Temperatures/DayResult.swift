/// The result of a finished day: where it is published and its bytes.
public struct DayResult: Sendable, Equatable {
    /// The result topic: one a station and day.
    public let topic: String
    /// The JSON document: `{"station":"…","date":"…","minimum":37.5,"mean":39.25,"maximum":41.0}`.
    public let payload: [UInt8]

    /// Writes a result.
    ///
    /// - Parameters:
    ///   - station: The station that measured.
    ///   - date: The day's date, as `2010-01-31`.
    ///   - day: The day, which has readings.
    public init(station: String, date: String, day: Day) {
        topic = Temperatures.resultTopic(station: station, date: date)
        let numbers =
            #""minimum":\#(FixedPoint.text(tenths: day.minimum)),"mean":\#(FixedPoint.text(hundredths: day.mean)),"#
            + #""maximum":\#(FixedPoint.text(tenths: day.maximum))"#
        payload = Array(#"{"station":"\#(station)","date":"\#(date)",\#(numbers)}"#.utf8)
    }
}
