/// One result of the sample: where it is published and its bytes.
public struct DayResult: Sendable, Equatable {
    /// The result topic: one a station and day.
    public let topic: String
    /// The JSON document: `{"station":"…","date":"…","minimum":37.5,"mean":39.25,"maximum":41.0}`.
    public let payload: [UInt8]

    /// Writes a result.
    ///
    /// - Parameters:
    ///   - station: The station that measured.
    ///   - date: The day.
    ///   - minimum: The lowest reading in tenths of a degree.
    ///   - mean: The mean in hundredths of a degree.
    ///   - maximum: The highest reading in tenths of a degree.
    init(station: String, date: String, minimum: Int, mean: Int, maximum: Int) {
        topic = Temperatures.resultTopic(station: station, date: date)
        let numbers =
            #""minimum":\#(FixedPoint.text(tenths: minimum)),"mean":\#(FixedPoint.text(hundredths: mean)),"#
            + #""maximum":\#(FixedPoint.text(tenths: maximum))"#
        payload = Array(#"{"station":"\#(station)","date":"\#(date)",\#(numbers)}"#.utf8)
    }
}
