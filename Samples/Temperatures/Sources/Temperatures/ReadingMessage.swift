/// One message of the sample: one reading of one station, ready to be published.
public struct ReadingMessage: Sendable, Equatable {
    /// The message's number, from 0.
    public let index: Int
    /// What is read.
    public let reading: Reading
    /// The topic to publish to.
    public let topic: String
    /// The JSON document: `{"station":"…","date":"2010-01-31","hour":5,"of":24,"temperature":39.4}`.
    public let payload: [UInt8]

    /// Makes the message with a number.
    ///
    /// - Parameters:
    ///   - index: The message's number.
    ///   - station: The number of its station.
    ///   - hour: What the file holds.
    init(index: Int, station: Int, hour: RecordedHour) {
        let name = Temperatures.stationName(station)
        self.index = index
        reading = Reading(
            station: name,
            date: hour.date,
            hour: hour.hour,
            of: hour.readingsOfDay,
            temperature: Double(hour.tenths) / 10
        )
        topic = Temperatures.inputTopic(station: name)
        payload = Array(
            #"{"station":"\#(name)","date":"\#(hour.date)","hour":\#(hour.hour),"of":\#(hour.readingsOfDay),"temperature":\#(FixedPoint.text(tenths: hour.tenths))}"#
                .utf8
        )
    }
}
