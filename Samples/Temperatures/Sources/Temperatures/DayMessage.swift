/// One message of the sample: one day of one station, ready to be published.
public struct DayMessage: Sendable, Equatable {
    /// The message's number, from 0.
    public let index: Int
    /// The station that measured.
    public let station: String
    /// The day, as `2010-01-31`.
    public let date: String
    /// The topic to publish to.
    public let topic: String
    /// The JSON document: `{"station":"…","date":"…","readings":[39.4,…]}`.
    public let payload: [UInt8]

    /// Makes the message with a number.
    ///
    /// Message *n* is day *n mod 365* of station *n div 365*. Every station measures what the file holds.
    ///
    /// - Parameters:
    ///   - index: The message's number.
    ///   - year: The recorded year.
    init(index: Int, year: RecordedYear) {
        let day = year.days[index % year.days.count]
        self.index = index
        self.station = Temperatures.stationName(index / year.days.count)
        self.date = day.date
        self.topic = Temperatures.inputTopic(station: station)
        let readings = day.tenths.map(FixedPoint.text(tenths:)).joined(separator: ",")
        self.payload = Array(#"{"station":"\#(station)","date":"\#(date)","readings":[\#(readings)]}"#.utf8)
    }
}
