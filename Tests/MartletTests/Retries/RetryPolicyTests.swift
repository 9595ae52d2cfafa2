import Martlet
import Testing

@Suite("The retry policy")
struct RetryPolicyTests {
    @Test("The bound of the wait doubles up to the cap")
    func doubles() {
        let policy = RetryPolicy(attempts: 9, base: .milliseconds(100), cap: .seconds(1))
        let bounds = (1...6).map { policy.bound(afterAttempt: $0) }
        let expected: [Duration] = [
            .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1), .seconds(1),
        ]
        #expect(bounds == expected)
    }

    @Test("The jitter is full: from nothing to the bound")
    func jitter() {
        let policy = RetryPolicy(base: .milliseconds(100), cap: .seconds(1))
        #expect(policy.wait(afterAttempt: 2, random: 0) == .zero)
        #expect(policy.wait(afterAttempt: 2, random: 0.5) == .milliseconds(100))
        #expect(policy.wait(afterAttempt: 2, random: 7) == .milliseconds(200), "a bad generator can not lengthen it")
    }

    @Test("Absurd values are moved inside their limits, and no attempt overflows")
    func limits() {
        let policy = RetryPolicy(attempts: 1_000_000, base: .seconds(-1), cap: .seconds(3600), factor: 0)
        #expect(policy.attempts == RetryPolicy.Limits.maximumAttempts)
        #expect(policy.base == .zero)
        #expect(policy.factor == 1)
        let steep = RetryPolicy(attempts: 1000, base: .seconds(1), cap: .seconds(3600), factor: 1e9)
        #expect(steep.bound(afterAttempt: 1000) == .seconds(3600))
        #expect(RetryPolicy.never.attempts == 1)
    }
}
