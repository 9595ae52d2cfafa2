import Temperatures
import Testing

@testable import MartletCommand

@Suite("Demo ledger")
struct DemoLedgerTests {
    private let expected = ExpectedResults(count: 400)

    private func ledger(results: Range<Int>) -> DemoLedger {
        let ledger = DemoLedger(messages: expected.count)
        ledger.sent(expected.count)
        for index in results {
            ledger.result(topic: expected[index].topic, payload: expected[index].payload, at: .seconds(20))
        }
        return ledger
    }

    @Test("Right results of all messages are a good verdict")
    func good() {
        let verdict = ledger(results: 0..<400).verdict(seed: 3, started: .seconds(10))
        #expect(verdict.isGood)
        #expect(verdict.lost == 0 && verdict.handled == 400 && verdict.messagesPerSecond == 40 && verdict.seed == 3)
    }

    @Test("A result that never came is a lost message")
    func lost() {
        let verdict = ledger(results: 0..<399).verdict(seed: 1, started: .zero)
        #expect(!verdict.isGood && verdict.lost == 1)
    }

    @Test("The same result twice does not hide one that is missing")
    func repeatedResult() {
        let ledger = ledger(results: 0..<399)
        ledger.result(topic: expected[0].topic, payload: expected[0].payload, at: .seconds(20))
        #expect(ledger.verdict(seed: 1, started: .zero).lost == 1)
    }

    @Test("A wrong result, and one of a message that nobody sent, spoil the verdict")
    func wrong() {
        let ledger = ledger(results: 0..<400)
        ledger.result(topic: expected[1].topic, payload: expected[2].payload, at: .seconds(20))
        ledger.result(topic: "temperatures/daily/station-99999/2010-01-01", payload: [], at: .seconds(20))
        let verdict = ledger.verdict(seed: 1, started: .zero)
        #expect(!verdict.isGood && verdict.wrong == 2)
    }

    @Test("A handling that was finished twice is counted, one that was cut short is not")
    func handledAgain() {
        let ledger = ledger(results: 0..<400)
        let topic = expected[7].topic
        for (process, finishes) in [(1, true), (2, false), (3, true), (4, true)] {
            ledger.handling(HandlingLine(.started, topic: topic, time: .seconds(process)), by: process)
            guard finishes else { continue }
            ledger.handling(HandlingLine(.finished, topic: topic, time: .seconds(process)), by: process)
        }
        #expect(ledger.verdict(seed: 1, started: .zero).handledAgain == 2)
    }

    @Test("What a killed replica had in its hands is what it began and did not finish")
    func inHand() throws {
        let ledger = ledger(results: 0..<400)
        ledger.handling(HandlingLine(.started, topic: expected[1].topic, time: .seconds(1)), by: 1)
        ledger.handling(HandlingLine(.started, topic: expected[2].topic, time: .seconds(1)), by: 1)
        ledger.handling(HandlingLine(.finished, topic: expected[1].topic, time: .seconds(2)), by: 1)
        ledger.replicaKilled(1, at: .seconds(3))
        ledger.replicaEnded(1)
        ledger.handling(HandlingLine(.finished, topic: expected[1].topic, time: .seconds(4)), by: 2)
        ledger.handling(HandlingLine(.finished, topic: expected[2].topic, time: .seconds(5)), by: 2)
        let verdict = ledger.verdict(seed: 1, started: .zero)
        #expect(verdict.takeoverP50Milliseconds == 2_000 && verdict.replicaKills == 1)
    }

    @Test("A failure spoils the verdict, and the first one is kept")
    func failure() {
        let ledger = ledger(results: 0..<400)
        ledger.fail("first")
        ledger.fail("second")
        let verdict = ledger.verdict(seed: 1, started: .zero)
        #expect(!verdict.isGood && verdict.failure == "first")
    }

    @Test("The line of JSON has the fields that scripts count on")
    func json() {
        let line = JSONLine.encode(ledger(results: 0..<400).verdict(seed: 9, started: .zero))
        for key in [
            "sent", "handled", "lost", "handledAgain", "replicaKills", "brokerKills", "takeoverP50Milliseconds",
            "takeoverP99Milliseconds", "messagesPerSecond", "seed",
        ] {
            #expect(line.contains("\"\(key)\":"))
        }
        #expect(!line.contains("\n"))
    }
}
