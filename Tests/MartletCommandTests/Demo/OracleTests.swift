import Temperatures
import Testing

@testable import MartletCommand

@Suite("Oracle")
struct OracleTests {
    private func oracle(_ messages: Int, stations: Int) throws -> Oracle {
        try Oracle(messages: messages, stations: stations, file: Temperatures.recordedFile)
    }

    private static let sizes = [(1, 1), (5, 3), (480, 2), (8759, 1), (2 * 8759 + 3, 2), (3 * 8759 * 2 + 7, 3)]

    @Test("It expects each reading that the publisher sends, and no other", arguments: sizes)
    func readings(messages: Int, stations: Int) throws {
        let oracle = try oracle(messages, stations: stations)
        let sent = ReadingMessages(count: messages, stations: stations)
        #expect((0..<oracle.activeStations).map(oracle.readings).reduce(0, +) == messages)
        #expect(oracle.allDays.map(\.tenths.count).reduce(0, +) == messages)
        for message in sent {
            let reading = message.reading
            let name = Temperatures.readingName(station: reading.station, date: reading.date, hour: reading.hour)
            #expect(oracle.message(named: name) == message.index)
        }
        let days = Dictionary(oracle.allDays.map { ("\($0.station)/\($0.date)", $0) }) { first, _ in first }
        for message in sent {
            let reading = message.reading
            let day = days["\(reading.station)/\(reading.date)"]
            #expect(day?.tenths[reading.hour] == Int((reading.temperature * 10).rounded()))
            #expect(day?.readingsInAll == reading.of)
        }
    }

    @Test(
        "What is not sent has no number",
        arguments: [
            "station-00000/2010-01-11/0", "station-00002/2010-01-01/0", "station-0/2010-01-01/0", "end-of-audit",
            "station-00000/2010-02-30/0", "station-00000/2010-01-01/24", "station--1/2010-01-01/0",
        ]
    )
    func notSent(name: String) throws {
        #expect(try oracle(480, stations: 2).message(named: name) == nil)
    }

    @Test("The results of finished days are written as promised")
    func results() throws {
        let days = try oracle(8759, stations: 1).allDays
        #expect(days.count == 365 && days.allSatisfy(\.isFinished))
        #expect(days[0].topic == "temperatures/daily/station-00000/2010-01-01")
        #expect(
            days[0].result
                == #"{"station":"station-00000","date":"2010-01-01","minimum":38.6,"mean":40.45,"maximum":43.5}"#
        )
        #expect(try oracle(23, stations: 1).allDays.map(\.isFinished) == [false])
        #expect(try oracle(24, stations: 1).allDays.map(\.isFinished) == [true])
    }

    private func stored(_ json: String) -> [UInt8] { [0x8F, 0x4D, 0x01, 0, 1] + Array(json.utf8) }

    private func hours(_ counts: [Int: Int]) -> String {
        "[" + (0..<24).map { "\(counts[$0] ?? 0)" }.joined(separator: ",") + "]"
    }

    @Test("A day that counts each hour once is as it must be")
    func right() throws {
        let day = try #require(try oracle(3, stations: 1).allDays.first)
        let json = #"{"count":3,"sum":1176,"minimum":390,"maximum":394,"hours":\#(hours([0: 1, 1: 1, 2: 1]))}"#
        #expect(day.judge(stored(json)) == StateFinding(applied: 3))
    }

    @Test("A reading that was counted twice is found, though another one is missing")
    func twice() throws {
        let day = try #require(try oracle(3, stations: 1).allDays.first)
        let json = #"{"count":3,"sum":1178,"minimum":390,"maximum":394,"hours":\#(hours([0: 1, 1: 2]))}"#
        let finding = day.judge(stored(json))
        #expect(finding.applied == 2 && finding.missing == 1 && finding.appliedTwice == 1)
    }

    @Test("Numbers that do not follow from the hours are wrong")
    func wrong() throws {
        let day = try #require(try oracle(3, stations: 1).allDays.first)
        let once = hours([0: 1, 1: 1, 2: 1])
        for json in [
            #"{"count":3,"sum":1177,"minimum":390,"maximum":394,"hours":\#(once)}"#,
            #"{"count":4,"sum":1176,"minimum":390,"maximum":394,"hours":\#(once)}"#,
            #"{"count":3,"sum":1176,"minimum":389,"maximum":394,"hours":\#(once)}"#,
            #"{"count":4,"sum":1176,"minimum":390,"maximum":394,"hours":\#(hours([0: 1, 1: 1, 2: 1, 9: 1]))}"#,
        ] {
            #expect(day.judge(stored(json)).wrong == 1, "\(json)")
        }
    }

    @Test("Nothing in the store is a loss, and what nobody can read is wrong as well")
    func absent() throws {
        let day = try #require(try oracle(3, stations: 1).allDays.first)
        #expect(day.judge(nil) == StateFinding(missing: 3))
        #expect(day.judge([1, 2, 3]) == StateFinding(missing: 3, wrong: 1))
    }
}
