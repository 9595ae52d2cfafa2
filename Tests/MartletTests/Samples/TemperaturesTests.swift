import Foundation
import Martlet
import MartletTesting
import NIOCore
import Temperatures
import Testing

@Suite("The temperatures sample", .timeLimit(.minutes(10)))
struct TemperaturesTests {
    @Test("Messages and results belong together one by one, and no two share a result topic")
    func oneResultAMessage() {
        let messages = DayMessages(count: 1000)
        let results = ExpectedResults(count: 1000)
        #expect(Set(results.map(\.topic)).count == 1000)
        for (message, result) in zip(messages, results) {
            #expect(result.topic == Temperatures.resultTopic(station: message.station, date: message.date))
            #expect(results.index(ofTopic: result.topic) == message.index)
        }
        #expect(results.index(ofTopic: ExpectedResults(count: 1001)[1000].topic) == nil)
        #expect(results.index(ofTopic: "temperatures/daily/station-00000/2010-02-30") == nil)
        #expect(results.index(ofTopic: "temperatures/daily/station-99999999999999999999/2010-01-01") == nil)
        #expect(results.index(ofTopic: "temperatures/daily/station-0/2010-01-01") == nil, "the name must be exact")
    }

    @Test("The first message and its result are what the file says")
    func firstDay() {
        let first = DayMessages(count: 1)[0]
        #expect(first.topic == "temperatures/readings/station-00000")
        let text = String(decoding: first.payload, as: UTF8.self)
        #expect(text.hasPrefix(#"{"station":"station-00000","date":"2010-01-01","readings":[39.4,39.2,39.0,38.9,"#))
        let result = ExpectedResults(count: 1)[0]
        #expect(
            String(decoding: result.payload, as: UTF8.self)
                == #"{"station":"station-00000","date":"2010-01-01","minimum":38.6,"mean":40.45,"maximum":43.5}"#
        )
    }

    @Test("The day on which clocks skip an hour has 23 readings")
    func shortDay() throws {
        let days = try DayMessages(count: 365).map { try JSONDecoder().decode(StationDay.self, from: Data($0.payload)) }
        #expect(days.filter { $0.readings.count != 24 }.map(\.date) == ["2010-03-14"])
        #expect(days[72].readings.count == 23)
    }

    @Test("The handler's result of every day of the year is the oracle's, byte by byte")
    func wholeYear() async throws {
        let harness = try HandlerHarness(Temperatures.inputFilter, handler: DailyTemperatures())
        for (message, expected) in zip(DayMessages(count: 400), ExpectedResults(count: 400)) {
            let outcome = try await harness.deliver(bytes: message.payload, topic: message.topic)
            #expect(outcome.published.map(\.topic) == [expected.topic])
            #expect(outcome.published.first.map { Array($0.payload.readableBytesView) } == expected.payload)
        }
    }

    @Test("Handling a day again publishes the same bytes to the same topic")
    func idempotent() async throws {
        let harness = try HandlerHarness(Temperatures.inputFilter, handler: DailyTemperatures())
        let message = DayMessages(count: 9)[8]
        let once = try await harness.deliver(bytes: message.payload, topic: message.topic)
        let again = try await harness.deliver(bytes: message.payload, topic: message.topic, redelivered: true)
        #expect(once.published == again.published)
    }

    @Test("Below zero and halves: the mean is rounded away from zero")
    func belowZero() async throws {
        let harness = try HandlerHarness(Temperatures.inputFilter, handler: DailyTemperatures())
        let day = StationDay(station: "s", date: "d", readings: [-0.1, -0.2, 0.0, -0.3, -0.1, 0.0, -0.1, -0.2])
        let outcome = try await harness.deliver(day, topic: "temperatures/readings/s")
        let text = outcome.published.first.map { String(buffer: $0.payload) }
        #expect(text == #"{"station":"s","date":"d","minimum":-0.3,"mean":-0.13,"maximum":0.0}"#)
    }

    @Test("A day that is none goes to the dead letter topic at once")
    func noDay() async throws {
        let harness = try HandlerHarness(Temperatures.inputFilter, handler: DailyTemperatures())
        let days = [
            StationDay(station: "s", date: "d", readings: []), StationDay(station: "s/t", date: "d", readings: [1]),
            StationDay(station: "s", date: "#", readings: [1]), StationDay(station: "s", date: "d", readings: [1e300]),
        ]
        for day in days {
            let outcome = try await harness.deliver(day, topic: "temperatures/readings/s")
            #expect(outcome.isDeadLettered && outcome.attempts == 1)
        }
    }

    @Test("An observer hears of the beginning and the end, by the topic of the result")
    func observed() async throws {
        let events = EventLog()
        let handler = DailyTemperatures(observer: { events.append($0) })
        let harness = try HandlerHarness(Temperatures.inputFilter, handler: handler)
        let message = DayMessages(count: 1)[0]
        _ = try await harness.deliver(bytes: message.payload, topic: message.topic)
        let topic = ExpectedResults(count: 1)[0].topic
        #expect(events.all == [.started(topic: topic), .finished(topic: topic)])
    }
}
