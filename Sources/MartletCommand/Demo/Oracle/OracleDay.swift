/// What one day of one station must be.
struct OracleDay: Sendable, Equatable {
    var station: String
    var date: String
    /// How many readings the day has in the file.
    var readingsInAll: Int
    /// The readings that are sent, by their hour.
    private(set) var tenths: [Int: Int] = [:]

    init(station: String, date: String, readingsInAll: Int) {
        self.station = station
        self.date = date
        self.readingsInAll = readingsInAll
    }

    mutating func add(_ reading: OracleYear.Reading) {
        tenths[reading.hour] = reading.tenths
    }

    /// The key in the state store.
    var key: String { "temperatures/days/\(station)/\(date)" }

    /// Where its result goes.
    var topic: String { "temperatures/daily/\(station)/\(date)" }

    /// Whether all its readings are sent, so that it has a result.
    var isFinished: Bool { tenths.count == readingsInAll }

    /// The result's bytes, of a finished day.
    var result: String {
        let all = tenths.values.sorted()
        let sum = all.reduce(0, +)
        // In whole numbers throughout; halves away from zero.
        let mean = (abs(sum) * 20 + all.count) / (2 * all.count)
        let low = Self.decimal(all[0], digits: 1)
        let high = Self.decimal(all[all.count - 1], digits: 1)
        let middle = Self.decimal(sum < 0 ? -mean : mean, digits: 2)
        return
            "{\"station\":\"\(station)\",\"date\":\"\(date)\",\"minimum\":\(low),\"mean\":\(middle),\"maximum\":\(high)}"
    }

    /// Writes a whole number with the point in front of its last digits.
    private static func decimal(_ number: Int, digits: Int) -> String {
        let text = String(repeating: "0", count: digits + 1) + "\(abs(number))"
        let fraction = text.suffix(digits)
        let whole = text.dropLast(digits).drop { $0 == "0" }
        return "\(number < 0 ? "-" : "")\(whole.isEmpty ? "0" : String(whole)).\(fraction)"
    }
}
