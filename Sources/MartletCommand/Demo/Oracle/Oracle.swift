import Foundation

/// What state and results must be when every reading was counted exactly once, computed straight from the recorded file.
///
/// It shares no code with the worker, the publisher or the framework: it reads the file, knows which message is which reading, and
/// writes out what a day must come to. The names of topics and keys are those that the sample's README promises.
struct Oracle: Sendable {
    /// How many messages are sent.
    let messages: Int
    /// How many stations take turns.
    let stations: Int
    private let year: OracleYear

    /// Expects what follows from the first messages.
    ///
    /// - Parameters:
    ///   - messages: How many messages are sent.
    ///   - stations: How many stations take turns.
    ///   - file: The recorded file: `date,temp` and lines like `2010/01/31 23:00,39.4`.
    /// - Throws: `CommandFailure` when the file is not of that form.
    init(messages: Int, stations: Int, file: [UInt8]) throws {
        self.messages = messages
        self.stations = stations
        year = try OracleYear(String(decoding: file, as: UTF8.self))
    }

    /// How many stations send anything: the last round may not reach all.
    var activeStations: Int {
        let perRound = stations * year.readings.count
        let begun = messages % perRound
        return messages / perRound * stations + min(stations, begun)
    }

    /// How many readings a station sends.
    func readings(of station: Int) -> Int {
        let perRound = stations * year.readings.count
        let before = station / stations * perRound
        let inRound = min(max(messages - before, 0), perRound)
        return (inRound + stations - 1 - station % stations) / stations
    }

    /// The days of a station that have at least one reading, in the order of the calendar.
    func days(of station: Int) -> [OracleDay] {
        let sent = year.readings.prefix(readings(of: station))
        var days: [OracleDay] = []
        for reading in sent {
            if days.last?.date != reading.date {
                days.append(
                    OracleDay(station: name(station), date: reading.date, readingsInAll: year.count[reading.date] ?? 0)
                )
            }
            days[days.count - 1].add(reading)
        }
        return days
    }

    /// All days that have at least one reading.
    var allDays: [OracleDay] { (0..<activeStations).flatMap(days) }

    /// The number of the message that is this reading (`station-00007/2010-01-31/5`); `nil` when none is.
    func message(named name: some StringProtocol) -> Int? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let dash = parts[0].lastIndex(of: "-"), let hour = Int(parts[2]),
            let station = Int(parts[0][parts[0].index(after: dash)...]), station >= 0, station < activeStations,
            let place = year.place["\(parts[1])/\(hour)"]
        else { return nil }
        let message = station / stations * stations * year.readings.count + place * stations + station % stations
        return message < messages && self.name(station) == parts[0] ? message : nil
    }

    private func name(_ station: Int) -> String {
        "station-" + "00000\(station)".suffix(max(5, "\(station)".count))
    }
}
