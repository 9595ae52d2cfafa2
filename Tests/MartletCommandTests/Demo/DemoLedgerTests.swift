import CrashPoints
import Temperatures
import Testing

@testable import MartletCommand

@Suite("Demo ledger")
struct DemoLedgerTests {
    private static let messages = 480
    private let oracle: Oracle
    private let results: [OracleDay]

    init() throws {
        oracle = try Oracle(messages: Self.messages, stations: 2, file: Temperatures.recordedFile)
        results = oracle.allDays.filter(\.isFinished)
    }

    /// A ledger of a run in which everything was sent, and everything but a few results arrived.
    private func ledger(missingResults: Int = 0, finding: StateFinding = StateFinding(applied: messages)) -> DemoLedger
    {
        let ledger = DemoLedger(oracle: oracle)
        ledger.sent(Self.messages)
        for day in results.dropLast(missingResults) {
            ledger.result(topic: day.topic, payload: day.result, publication: Publication(identifier: "1", mark: "a"))
        }
        ledger.handling(HandlingLine(.finished, message: "station-00000/2010-01-01/0", time: .seconds(20)), by: 1)
        ledger.found(finding)
        return ledger
    }

    @Test("Everything counted once and published once is a good verdict")
    func good() {
        let verdict = ledger().verdict(seed: 3, started: .seconds(10))
        #expect(verdict.isGood)
        #expect(verdict.lost == 0 && verdict.handled == 480 && verdict.messagesPerSecond == 48 && verdict.seed == 3)
        #expect(verdict.results == 20)
    }

    @Test("A reading that the state does not count, and a result that never came, are lost")
    func lost() {
        let missing = ledger(finding: StateFinding(applied: 479, missing: 1)).verdict(seed: 1, started: .zero)
        #expect(!missing.isGood && missing.lost == 1)
        let silent = ledger(missingResults: 2).verdict(seed: 1, started: .zero)
        #expect(!silent.isGood && silent.lost == 2)
    }

    @Test("A reading that was counted twice spoils the verdict")
    func appliedTwice() {
        let verdict = ledger(finding: StateFinding(applied: 480, appliedTwice: 1)).verdict(seed: 1, started: .zero)
        #expect(!verdict.isGood && verdict.appliedTwice == 1 && verdict.lost == 0)
    }

    @Test("One publish that is delivered twice is one; another name or another mark is a second one")
    func publishedTwice() {
        let ledger = ledger()
        let day = results[3]
        ledger.result(topic: day.topic, payload: day.result, publication: Publication(identifier: "1", mark: "a"))
        #expect(ledger.verdict(seed: 1, started: .zero).isGood)
        ledger.result(topic: day.topic, payload: day.result, publication: Publication(identifier: "2", mark: "a"))
        ledger.result(topic: day.topic, payload: day.result, publication: Publication(identifier: "1", mark: "b"))
        let verdict = ledger.verdict(seed: 1, started: .zero)
        #expect(!verdict.isGood && verdict.publishedTwice == 2)
    }

    @Test("A message that comes back after its end spoils the verdict")
    func cameBack() {
        let ledger = ledger()
        ledger.cameBack()
        #expect(!ledger.verdict(seed: 1, started: .zero).isGood)
    }

    @Test("A wrong result, and one of a day that nobody sent, spoil the verdict")
    func wrong() {
        let ledger = ledger()
        let publication = Publication(identifier: "9", mark: "z")
        ledger.result(topic: results[1].topic, payload: results[2].result, publication: publication)
        ledger.result(topic: "temperatures/daily/station-99999/2010-01-01", payload: "", publication: publication)
        let verdict = ledger.verdict(seed: 1, started: .zero)
        #expect(!verdict.isGood && verdict.wrong == 2)
    }

    @Test("A handling that was finished twice is counted, one that was cut short is not")
    func handledAgain() {
        let ledger = ledger()
        let name = "station-00001/2010-01-02/7"
        for (process, finishes) in [(1, true), (2, false), (3, true), (4, true)] {
            ledger.handling(HandlingLine(.started, message: name, time: .seconds(process)), by: process)
            guard finishes else { continue }
            ledger.handling(HandlingLine(.finished, message: name, time: .seconds(process)), by: process)
        }
        let verdict = ledger.verdict(seed: 1, started: .zero)
        #expect(verdict.handledAgain == 2 && verdict.isGood)
    }

    @Test("What a killed replica had in its hands is what it began and did not finish")
    func inHand() throws {
        let ledger = ledger()
        let (first, second) = ("station-00001/2010-01-02/7", "station-00001/2010-01-02/8")
        ledger.handling(HandlingLine(.started, message: first, time: .seconds(1)), by: 1)
        ledger.handling(HandlingLine(.started, message: second, time: .seconds(1)), by: 1)
        ledger.handling(HandlingLine(.finished, message: first, time: .seconds(2)), by: 1)
        ledger.replicaKilled(1, at: .seconds(3))
        ledger.replicaEnded(1)
        ledger.handling(HandlingLine(.finished, message: first, time: .seconds(4)), by: 2)
        ledger.handling(HandlingLine(.finished, message: second, time: .seconds(5)), by: 2)
        let verdict = ledger.verdict(seed: 1, started: .zero)
        #expect(verdict.takeoverP50Milliseconds == 2_000 && verdict.replicaKills == 1)
    }

    @Test("Deaths at numbered points are counted by their number")
    func crashes() {
        let ledger = ledger()
        ledger.replicaKilled(1, at: .seconds(1), by: .afterSendCommit)
        ledger.brokerKilled(by: .beforeFsync)
        ledger.brokerKilled(by: .beforeFsync)
        let verdict = ledger.verdict(seed: 1, started: .zero)
        #expect(verdict.crashPointKills == ["8": 1, "11": 2] && verdict.replicaKills == 0 && verdict.brokerKills == 0)
    }

    @Test("A failure spoils the verdict, and the first one is kept")
    func failure() {
        let ledger = ledger()
        ledger.fail("first")
        ledger.fail("second")
        let verdict = ledger.verdict(seed: 1, started: .zero)
        #expect(!verdict.isGood && verdict.failure == "first")
    }

    @Test("A replica that is asked to end ends with 0; the signal itself may end one that never began a message")
    func stopped() {
        let name = "station-00001/2010-01-02/7"
        func failure(_ ending: ChildProcess.Ending, hadBegun: Bool) -> String? {
            let ledger = ledger()
            if hadBegun { ledger.handling(HandlingLine(.started, message: name, time: .seconds(1)), by: 7) }
            ledger.replicaStopped(7, as: ending)
            return ledger.verdict(seed: 1, started: .zero).failure
        }
        #expect(failure(.exited(0), hadBegun: true) == nil && failure(.exited(0), hadBegun: false) == nil)
        #expect(failure(.killed(signal: 15), hadBegun: false) == nil)
        #expect(failure(.killed(signal: 15), hadBegun: true)?.contains("killed(signal: 15)") == true)
        #expect(failure(.killed(signal: 9), hadBegun: false)?.contains("killed(signal: 9)") == true)
        #expect(failure(.exited(1), hadBegun: false)?.contains("exited(1)") == true)
    }

    @Test("The line of JSON has the fields that scripts count on, measured or not")
    func json() {
        let line = JSONLine.encode(DemoLedger(oracle: oracle).verdict(seed: 9, started: .zero))
        for key in [
            "sent", "handled", "lost", "handledAgain", "replicaKills", "brokerKills", "takeoverP50Milliseconds",
            "takeoverP99Milliseconds", "messagesPerSecond", "seed", "appliedTwice", "publishedTwice",
        ] {
            #expect(line.contains("\"\(key)\":"))
        }
        #expect(!line.contains("\n"))
    }
}
