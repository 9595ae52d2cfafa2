/// The names that the publisher and the worker of the sample share, and the recorded file.
///
/// The input topics and the result topics lie side by side, never one inside the other's filter: a result can not come
/// back as an input.
public enum Temperatures {
    /// The name of the worker, and of its shared group.
    public static let group = "temperatures"

    /// The filter that matches the topic of each reading.
    public static let inputFilter = "temperatures/readings/+"

    /// The filter that matches each result topic.
    public static let resultFilter = "temperatures/daily/+/+"

    /// Says to which topic a station sends its readings.
    ///
    /// - Parameter station: The station's name, as ``stationName(_:)`` makes it.
    /// - Returns: The topic.
    public static func inputTopic(station: String) -> String {
        "temperatures/readings/\(station)"
    }

    /// Says to which topic the result of one day of one station goes.
    ///
    /// - Parameters:
    ///   - station: The station's name.
    ///   - date: The day, as `2010-01-31`.
    /// - Returns: The topic.
    public static func resultTopic(station: String, date: String) -> String {
        "temperatures/daily/\(station)/\(date)"
    }

    /// Names one reading.
    ///
    /// - Parameters:
    ///   - station: The station's name.
    ///   - date: The day, as `2010-01-31`.
    ///   - hour: The hour of the day.
    /// - Returns: `station-00007/2010-01-31/5`.
    public static func readingName(station: String, date: String, hour: Int) -> String {
        "\(station)/\(date)/\(hour)"
    }

    /// The user property that tells the handlings apart that published a result.
    public static let markProperty = "mark"

    /// The recorded file as it is.
    public static var recordedFile: [UInt8] { PackageResources.seattle_temps_csv }

    /// Names the station with a number.
    ///
    /// - Parameter number: The station's number, from 0.
    /// - Returns: A name without a wildcard or a slash.
    public static func stationName(_ number: Int) -> String {
        let digits = String(number)
        return "station-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
