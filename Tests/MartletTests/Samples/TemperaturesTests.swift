import Foundation
import Martlet
import MartletTesting
import NIOCore
import Temperatures
import Testing

@Suite("The temperatures sample", .timeLimit(.minutes(10)))
struct TemperaturesTests {
    private func harness(_ handler: DailyTemperatures = DailyTemperatures()) throws -> HandlerHarness {
        try HandlerHarness(Temperatures.inputFilter, handler: handler)
    }

    private func reading(_ hour: Int, of count: Int = 24, _ temperature: Double, station: String = "s") -> Reading {
        Reading(station: station, date: "d", hour: hour, of: count, temperature: temperature)
    }

    @Test("Stations take turns, hour by hour, and others begin when these are through the year")
    func turns() {
        let messages = ReadingMessages(count: 2 * 8759 + 3, stations: 2)
        #expect(
            messages.prefix(4).map(\.reading.station) == [
                "station-00000", "station-00001", "station-00000", "station-00001",
            ]
        )
        #expect(messages.prefix(4).map(\.reading.hour) == [0, 0, 1, 1])
        #expect(messages.suffix(3).map(\.reading.station) == ["station-00002", "station-00003", "station-00002"])
        #expect(messages.suffix(3).map(\.reading.hour) == [0, 0, 1])
    }

    @Test("The first message is what the file says")
    func firstReading() {
        let first = ReadingMessages(count: 1, stations: 1)[0]
        #expect(first.topic == "temperatures/readings/station-00000")
        let text = String(decoding: first.payload, as: UTF8.self)
        #expect(text == #"{"station":"station-00000","date":"2010-01-01","hour":0,"of":24,"temperature":39.4}"#)
    }

    @Test("The payloads are the readings, and the day on which clocks skip an hour has 23 of them")
    func payloads() throws {
        let messages = ReadingMessages(count: 8759, stations: 1)
        for message in messages {
            #expect(try JSONDecoder().decode(Reading.self, from: Data(message.payload)) == message.reading)
        }
        let short = messages.filter { $0.reading.of != 24 }
        #expect(Set(short.map(\.reading.date)) == ["2010-03-14"] && short.count == 23)
    }

    @Test("A day is published with its last reading, whatever the order, and not before")
    func publishes() async throws {
        let harness = try harness()
        var published: [MQTTMessage] = []
        for message in ReadingMessages(count: 24, stations: 1).shuffled() {
            #expect(published.isEmpty)
            published += try await harness.deliver(bytes: message.payload, topic: message.topic).published
        }
        #expect(published.map(\.topic) == ["temperatures/daily/station-00000/2010-01-01"])
        #expect(
            published.first?.text
                == #"{"station":"station-00000","date":"2010-01-01","minimum":38.6,"mean":40.45,"maximum":43.5}"#
        )
    }

    @Test("The state says what was counted")
    func counts() async throws {
        let harness = try harness()
        for (hour, temperature) in [(3, -1.5), (4, 2.25), (3, 7)] {
            _ = try await harness.deliver(reading(hour, temperature), topic: "temperatures/readings/s")
        }
        let day = try #require(try harness.state.get(Temperatures.days["s"]["d"]))
        #expect(day.count == 3 && day.sum == -15 + 23 + 70 && day.minimum == -15 && day.maximum == 70)
        #expect(day.hours[3] == 2 && day.hours[4] == 1 && day.hours.reduce(0, +) == 3)
    }

    @Test("Below zero and halves: the mean is rounded away from zero")
    func belowZero() async throws {
        let harness = try harness()
        var published: [MQTTMessage] = []
        for (hour, temperature) in [-0.1, -0.2, 0.0, -0.3, -0.1, 0.0, -0.1, -0.2].enumerated() {
            published += try await harness.deliver(reading(hour, of: 8, temperature), topic: "temperatures/readings/s")
                .published
        }
        #expect(published.map(\.text) == [#"{"station":"s","date":"d","minimum":-0.3,"mean":-0.13,"maximum":0.0}"#])
    }

    @Test("A reading that is none goes to the dead letter topic at once")
    func noReading() async throws {
        let harness = try harness()
        let readings = [
            reading(24, 1), reading(-1, 1), reading(0, of: 0, 1), reading(0, 1, station: "s/t"),
            reading(0, 1, station: ""), reading(0, 1e300),
        ]
        for reading in readings {
            let outcome = try await harness.deliver(reading, topic: "temperatures/readings/s")
            #expect(outcome.isDeadLettered && outcome.attempts == 1)
        }
    }

    @Test("An observer hears of the beginning and the end, and a result carries the handling's mark")
    func observed() async throws {
        let events = EventLog()
        let harness = try harness(DailyTemperatures(observer: { events.append($0) }, mark: { "m" }))
        let outcome = try await harness.deliver(reading(5, of: 1, 3), topic: "temperatures/readings/s")
        #expect(events.all == [.started(reading: "s/d/5"), .finished(reading: "s/d/5")])
        #expect(outcome.published.first?.properties.userProperty(Temperatures.markProperty) == "m")
    }
}
