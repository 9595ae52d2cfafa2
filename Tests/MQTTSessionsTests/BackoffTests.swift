import MQTTSessions
import Testing

@Suite("Backoff")
struct BackoffTests {
    @Test func doublesUpToTheCap() {
        var backoff = Backoff(base: .milliseconds(100), cap: .seconds(1))
        let waits = (0..<6).map { _ in backoff.next(random: .max) }
        #expect(waits == [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
    }

    @Test func jitterReachesFromZeroToTheCeiling() {
        var backoff = Backoff(base: .milliseconds(100), cap: .milliseconds(100))
        #expect(backoff.next(random: 0) == .zero)
        #expect(backoff.next(random: .max) == .milliseconds(100))
        let half = backoff.next(random: 1 << 63)
        #expect(half >= .milliseconds(49) && half <= .milliseconds(51))
    }

    @Test func thousandsOfAttemptsAndHugeDurationsDoNotOverflow() {
        var backoff = Backoff(base: .seconds(Int64.max), cap: .seconds(Int64.max))
        for _ in 0..<1_000 { #expect(backoff.next(random: .max) > .zero) }
        var small = Backoff(base: .nanoseconds(1), cap: .seconds(30))
        for _ in 0..<1_000 { #expect(small.next(random: .max) <= .seconds(30)) }
        #expect(small.ceiling == .seconds(30))
    }

    @Test func aConnectionThatLastedEndsTheRow() {
        var backoff = Backoff(base: .milliseconds(100), cap: .seconds(30))
        for _ in 0..<3 { _ = backoff.next(random: .max) }
        backoff.connectionEnded(after: .milliseconds(799))
        #expect(backoff.attempts == 3, "shorter than the next wait could be")
        backoff.connectionEnded(after: .milliseconds(800))
        #expect(backoff.attempts == 0)
        #expect(backoff.ceiling == .milliseconds(100))
    }

    @Test(arguments: Seeds.all)
    func staysWithinTheCeilingAndSpreads(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var sum = Duration.zero
        for _ in 0..<1_000 {
            var backoff = Backoff(base: .milliseconds(100), cap: .seconds(30))
            let wait = backoff.next(random: random.next())
            #expect(wait >= .zero && wait <= .milliseconds(100), "seed \(seed)")
            sum += wait
        }
        #expect(sum > .seconds(40) && sum < .seconds(60), "seed \(seed): the mean is near half of the ceiling")
    }
}
