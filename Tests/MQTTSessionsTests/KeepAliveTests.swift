import MQTTSessions
import Testing

@Suite("Keep alive")
struct KeepAliveTests {
    @Test func zeroMeansNever() {
        var keepAlive = KeepAlive(interval: .zero, timeout: .seconds(5), now: .zero)
        #expect(keepAlive.deadline == nil)
        #expect(keepAlive.act(at: .seconds(1_000_000)) == .wait)
    }

    @Test func pingsBeforeTheIntervalOfSilenceIsOver() {
        var keepAlive = KeepAlive(interval: .seconds(60), timeout: .seconds(5), now: .seconds(100))
        #expect(keepAlive.deadline == .seconds(145))
        #expect(keepAlive.act(at: .seconds(144)) == .wait)
        #expect(keepAlive.act(at: .seconds(145)) == .ping)
    }

    @Test func doesNotPingWhileOthersTalk() {
        var keepAlive = KeepAlive(interval: .seconds(60), timeout: .seconds(5), now: .zero)
        for second in 1...1_000 {
            keepAlive.sent(at: .seconds(second))
            keepAlive.received(at: .seconds(second))
            #expect(keepAlive.act(at: .seconds(second)) == .wait)
        }
    }

    @Test func pingsWhenOnlyTheServerTalks() {
        var keepAlive = KeepAlive(interval: .seconds(60), timeout: .seconds(5), now: .zero)
        keepAlive.received(at: .seconds(40))
        #expect(keepAlive.act(at: .seconds(45)) == .ping)
    }

    @Test func pingsWhenTheServerIsSilentThoughWeTalk() {
        var keepAlive = KeepAlive(interval: .seconds(60), timeout: .seconds(5), now: .zero)
        keepAlive.sent(at: .seconds(44))
        #expect(keepAlive.act(at: .seconds(45)) == .ping)
    }

    @Test func givesUpWhenNoAnswerComes() {
        var keepAlive = KeepAlive(interval: .seconds(60), timeout: .seconds(5), now: .zero)
        #expect(keepAlive.act(at: .seconds(45)) == .ping)
        #expect(keepAlive.deadline == .seconds(50))
        #expect(keepAlive.act(at: .seconds(49)) == .wait)
        #expect(keepAlive.act(at: .seconds(50)) == .giveUp)
    }

    @Test func anAnswerStartsTheNextSilence() {
        var keepAlive = KeepAlive(interval: .seconds(60), timeout: .seconds(5), now: .zero)
        #expect(keepAlive.act(at: .seconds(45)) == .ping)
        keepAlive.received(at: .seconds(46))
        #expect(keepAlive.deadline == .seconds(90))
        #expect(keepAlive.act(at: .seconds(90)) == .ping)
    }
}
