import BrokerEngine
import Testing

@testable import MartletBroker

@Suite struct RefusalLogTests {
    @Test func onlySoMuchIsWrittenAndTheRestIsCounted() {
        let kept = KeptLog()
        var limits = BrokerAuthenticationLimits()
        limits.loggedRefusalsAtOnce = 3
        limits.loggedRefusalsPerSecond = 2
        var log = RefusalLog(logger: kept.logger, limits: limits)
        func write(_ milliseconds: Int64) {
            let refusal = AccessRefusal(action: .publish, clientIdentifier: "c", userName: "u", subject: "t")
            log.write(refusal, listener: "tcp", address: "192.0.2.1", at: EngineTime(milliseconds: milliseconds))
        }
        for _ in 0..<10 { write(0) }
        #expect(kept.all.count == 3)
        #expect(kept.all[0] == "Refused action=publish address=192.0.2.1 client=c listener=tcp subject=t user=u")
        #expect(log.unwritten == 7)
        log.tick(at: EngineTime(milliseconds: 400))
        #expect(kept.all.count == 3)
        log.tick(at: EngineTime(milliseconds: 1_000))
        #expect(kept.all.count == 4 && kept.all[3] == "More was refused than is written count=7")
        write(1_000)
        #expect(kept.all.count == 5 && log.unwritten == 0)
        write(1_000)
        #expect(kept.all.count == 5 && log.unwritten == 1)
    }

    @Test func namesCannotForgeALine() {
        #expect(RefusalLog.shown("plain é") == "plain é")
        #expect(RefusalLog.shown("a\nRefused b") == "a\\u{a}Refused b")
        #expect(RefusalLog.shown("a\u{1B}[2J\u{202E}\u{2028}") == "a\\u{1b}[2J\\u{202e}\\u{2028}")
        #expect(RefusalLog.shown(String(repeating: "x", count: 10_000)).utf8.count < 300)
    }
}
