/// The file that the sample carries, read into days.
///
/// The file holds 8,759 hours of 2010: 364 days of 24 hours, and the 14th of March with 23, because clocks
/// skipped its third hour.
struct RecordedYear: Sendable {
    /// What the file must hold; anything else means that the resource was changed.
    private enum Shape {
        static let days = 365
        static let readings = 8759
    }

    /// The year in the embedded file.
    static let seattle: RecordedYear = {
        do {
            return try RecordedYear(csv: PackageResources.seattle_temps_csv)
        } catch {
            preconditionFailure("The embedded seattle-temps.csv is not the file that the sample came with: \(error)")
        }
    }()

    /// The days in the order of the file.
    let days: [RecordedDay]

    /// Reads the lines `2010/01/31 23:00,39.4` below a heading.
    ///
    /// - Parameter csv: The bytes of the file.
    /// - Throws: ``RecordedYearError`` when a line is not of that form or the file is not complete.
    init(csv: [UInt8]) throws(RecordedYearError) {
        var days: [RecordedDay] = []
        var date = ""
        var tenths: [Int] = []
        var readings = 0
        let lines = csv.split(separator: UInt8(ascii: "\n"))
        for (index, line) in lines.enumerated().dropFirst() {
            let (lineDate, reading) = try Self.parse(line, number: index + 1)
            if lineDate != date {
                if !tenths.isEmpty {
                    days.append(RecordedDay(date: date, tenths: tenths))
                }
                date = lineDate
                tenths.removeAll()
            }
            tenths.append(reading)
            readings += 1
        }
        if !tenths.isEmpty {
            days.append(RecordedDay(date: date, tenths: tenths))
        }
        guard days.count == Shape.days, readings == Shape.readings else {
            throw RecordedYearError(message: "it holds \(days.count) days and \(readings) readings")
        }
        self.days = days
    }

    /// Reads one line.
    private static func parse(
        _ line: ArraySlice<UInt8>,
        number: Int
    ) throws(RecordedYearError) -> (date: String, tenths: Int) {
        let fields = line.split(separator: UInt8(ascii: ","))
        guard fields.count == 2, fields[0].count == 16, let tenths = tenths(of: fields[1]) else {
            throw RecordedYearError(message: "line \(number) is not a time and a temperature")
        }
        let date = fields[0].prefix(10).map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "-") : $0 }
        return (String(decoding: date, as: UTF8.self), tenths)
    }

    /// Reads `-3.4` as -34: one digit behind the point, no more and no fewer.
    private static func tenths(of field: ArraySlice<UInt8>) -> Int? {
        let parts = field.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 1 else { return nil }
        return Int(String(decoding: parts[0] + parts[1], as: UTF8.self))
    }
}
