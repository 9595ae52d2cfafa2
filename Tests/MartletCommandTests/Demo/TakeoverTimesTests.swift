import Testing

@testable import MartletCommand

@Suite("Takeover times")
struct TakeoverTimesTests {
    private func seconds(_ seconds: Double) -> Duration { .seconds(seconds) }

    @Test("A takeover ends when the last message in hand was handled by another")
    func lastMessageInHand() {
        var times = TakeoverTimes()
        times.killed(1, at: seconds(10))
        times.lastWords(of: 1, inHand: [5, 6])
        times.handled(9, by: 2, at: seconds(10.1))
        times.handled(5, by: 2, at: seconds(10.2))
        #expect(times.finished.isEmpty)
        times.handled(6, by: 3, at: seconds(10.7))
        #expect(times.finished == [seconds(10.7) - seconds(10)])
    }

    @Test("With nothing in hand, the next message of the group ends it")
    func nextOfGroup() {
        var times = TakeoverTimes()
        times.killed(1, at: seconds(10))
        times.handled(8, by: 1, at: seconds(10.1))
        times.handled(9, by: 2, at: seconds(10.25))
        #expect(times.finished.isEmpty)
        times.lastWords(of: 1, inHand: [])
        #expect(times.finished == [seconds(10.25) - seconds(10)])
    }

    @Test("A takeover that is over before the last words were read counts with its own time")
    func lateLastWords() {
        var times = TakeoverTimes()
        times.killed(1, at: seconds(10))
        times.handled(5, by: 2, at: seconds(10.3))
        times.handled(7, by: 2, at: seconds(10.9))
        times.lastWords(of: 1, inHand: [5])
        #expect(times.finished == [seconds(10.3) - seconds(10)])
    }

    @Test("What was handled before the kill, or by the killed process itself, takes nothing over")
    func earlierHandlings() {
        var times = TakeoverTimes()
        times.handled(5, by: 2, at: seconds(9))
        times.killed(1, at: seconds(10))
        times.handled(5, by: 1, at: seconds(10.1))
        times.lastWords(of: 1, inHand: [5])
        #expect(times.finished.isEmpty)
        times.handled(5, by: 4, at: seconds(11))
        #expect(times.finished == [seconds(1)])
    }

    @Test("Kills that overlap are measured each for itself")
    func overlapping() {
        var times = TakeoverTimes()
        times.killed(1, at: seconds(10))
        times.lastWords(of: 1, inHand: [5])
        times.killed(2, at: seconds(10.5))
        times.lastWords(of: 2, inHand: [5])
        times.handled(5, by: 3, at: seconds(11))
        #expect(times.finished.sorted() == [seconds(0.5), seconds(1)])
    }

    @Test("Percentiles are times that were measured")
    func percentiles() {
        let times = Percentiles((1...100).reversed().map { .milliseconds($0) })
        #expect(times.time(at: 0.5) == .milliseconds(50))
        #expect(times.time(at: 0.99) == .milliseconds(99))
        #expect(times.longest == .milliseconds(100))
        #expect(Percentiles([]).time(at: 0.5) == nil)
        #expect(Percentiles([.seconds(2)]).time(at: 0.99) == .seconds(2))
    }
}
