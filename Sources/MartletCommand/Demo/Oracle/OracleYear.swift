import Foundation

/// The recorded file as the oracle reads it.
struct OracleYear: Sendable {
    struct Reading: Sendable, Equatable {
        var date: String
        var hour: Int
        var tenths: Int
    }

    let readings: [Reading]
    /// Where a reading stands: by `2010-01-31/5`.
    let place: [String: Int]
    /// How many readings a date has.
    let count: [String: Int]

    /// Reads the lines below the heading.
    init(_ text: String) throws {
        readings = try text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            let words = line.split { "/ :,".contains($0) }
            guard words.count == 6, let hour = Int(words[3]), let degrees = Double(words[5]) else {
                throw CommandFailure("'\(line)' is no line of the recorded temperatures")
            }
            let date = words[..<3].joined(separator: "-")
            return Reading(date: date, hour: hour, tenths: Int((degrees * 10).rounded()))
        }
        let names = readings.enumerated().map { ("\($1.date)/\($1.hour)", $0) }
        place = Dictionary(names) { first, _ in first }
        count = Dictionary(grouping: readings, by: \.date).mapValues(\.count)
        guard !readings.isEmpty, place.count == readings.count else {
            throw CommandFailure("the recorded temperatures are empty, or name an hour twice")
        }
    }
}
