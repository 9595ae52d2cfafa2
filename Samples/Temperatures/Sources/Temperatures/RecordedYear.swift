/// The file that the sample carries, read into hours.
///
/// The file holds 8,759 hours of 2010: 364 days of 24 hours, and the 14th of March with 23, because clocks
/// skipped its third hour.
struct RecordedYear: Sendable {
    /// What the file must hold; anything else means that the resource was changed.
    private static let readings = 8759

    /// The year in the embedded file.
    static let seattle: RecordedYear = {
        do {
            return try RecordedYear(csv: Temperatures.recordedFile)
        } catch {
            preconditionFailure("The embedded seattle-temps.csv is not the file that the sample came with: \(error)")
        }
    }()

    /// The hours in the order of the file.
    let hours: [RecordedHour]

    /// Reads the lines `2010/01/31 23:00,39.4` below a heading.
    ///
    /// - Parameter csv: The bytes of the file.
    /// - Throws: ``RecordedYearError`` when a line is not of that form or the file is not complete.
    init(csv: [UInt8]) throws(RecordedYearError) {
        var hours: [RecordedHour] = []
        var readings: [String: Int] = [:]
        for (index, line) in csv.split(separator: UInt8(ascii: "\n")).enumerated().dropFirst() {
            let hour = try Self.parse(line, number: index + 1)
            readings[hour.date, default: 0] += 1
            hours.append(hour)
        }
        guard hours.count == Self.readings else {
            throw RecordedYearError(message: "it holds \(hours.count) readings")
        }
        for index in hours.indices { hours[index].readingsOfDay = readings[hours[index].date] ?? 0 }
        self.hours = hours
    }

    /// Reads one line.
    private static func parse(_ line: ArraySlice<UInt8>, number: Int) throws(RecordedYearError) -> RecordedHour {
        let fields = line.split(separator: UInt8(ascii: ","))
        guard fields.count == 2, fields[0].count == 16, let tenths = tenths(of: fields[1]),
            let hour = Int(String(decoding: fields[0].dropFirst(11).prefix(2), as: UTF8.self)), (0..<24).contains(hour)
        else {
            throw RecordedYearError(message: "line \(number) is not a time and a temperature")
        }
        let date = fields[0].prefix(10).map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "-") : $0 }
        return RecordedHour(date: String(decoding: date, as: UTF8.self), hour: hour, tenths: tenths)
    }

    /// Reads `-3.4` as -34: one digit behind the point, no more and no fewer.
    private static func tenths(of field: ArraySlice<UInt8>) -> Int? {
        let parts = field.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 1 else { return nil }
        return Int(String(decoding: parts[0] + parts[1], as: UTF8.self))
    }
}
