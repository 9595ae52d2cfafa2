import MartletTesting
import Testing

@testable import Martlet

@Suite("Latches", .timeLimit(.minutes(10)))
struct LatchTests {
    @Test("The first value wins, and everybody gets it")
    func firstWins() async {
        let latch = Latch<Int>()
        async let early = latch.wait()
        #expect(latch.set(1))
        #expect(!latch.set(2))
        #expect(await early == 1)
        #expect(await latch.wait() == 1)
    }

    @Test("A wait ends with its task, and by its time")
    func ends() async {
        let latch = Latch<Int>()
        let clock = TestClock()
        await withTaskGroup(of: Int?.self) { group in
            group.addTask { await latch.wait() }
            group.cancelAll()
            #expect(await group.next() == .some(nil))
        }
        async let value = latch.wait(atMost: .seconds(1), by: WorkerTime(clock: clock))
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(1))
        #expect(await value == nil)
    }
}
