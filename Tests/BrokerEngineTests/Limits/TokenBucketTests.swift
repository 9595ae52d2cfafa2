import BrokerEngine
import Testing

@Suite struct TokenBucketTests {
    private static let start = EngineTime(milliseconds: 1_700_000_000_000)

    @Test(arguments: [1, 2, 3] as [UInt64])
    func neverGivesMoreThanTheRateAndNeverLess(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let limit = RateLimit(perSecond: 1 + Int(random.next() % 5_000), burst: 1 + Int(random.next() % 500))
            var bucket = TokenBucket(limit, at: Self.start)
            var now = Self.start
            var taken = 0
            for _ in 0..<300 {
                now.milliseconds += Int64(random.next() % 20)
                bucket.fill(limit, at: now)
                let wanted = min(bucket.tokens, Int(random.next() % 40))
                bucket.take(wanted)
                taken += wanted
                let elapsed = Int(now.milliseconds - Self.start.milliseconds)
                #expect(taken <= limit.burst + limit.perSecond * elapsed / 1_000)
            }
            // Drained, it gives exactly the rate.
            bucket.take(bucket.tokens)
            let due = bucket.nextToken(limit, at: now)
            #expect(due >= now)
            #expect(due.milliseconds - now.milliseconds <= Int64((1_000 + limit.perSecond - 1) / limit.perSecond))
            bucket.fill(limit, at: due)
            #expect(bucket.tokens >= 1)
        }
    }

    @Test func aDebtIsPaidBackFirst() {
        let limit = RateLimit(perSecond: 100, burst: 10)
        var bucket = TokenBucket(limit, at: Self.start)
        bucket.take(60)
        #expect(bucket.tokens == 0)
        #expect(bucket.nextToken(limit, at: Self.start).milliseconds - Self.start.milliseconds == 510)
        #expect(!bucket.isFull(limit))
    }

    @Test func neitherGreatTimesNorGreatRatesOverflow() {
        for perSecond in [1, Int.max] {
            for burst in [1, Int.max] {
                let limit = RateLimit(perSecond: perSecond, burst: burst)
                var bucket = TokenBucket(limit, at: EngineTime(milliseconds: 0))
                bucket.take(5)
                bucket.fill(limit, at: EngineTime(milliseconds: .max / 2))
                #expect(bucket.tokens >= 1)
                #expect(bucket.tokens <= limit.burst)
            }
        }
        #expect(!RateLimit.none.isOn)
        #expect(RateLimit(perSecond: -5).perSecond == 0)
    }

    @Test func timeThatGoesBackChangesNothing() {
        let limit = RateLimit(perSecond: 10, burst: 10)
        var bucket = TokenBucket(limit, at: Self.start)
        bucket.take(10)
        bucket.fill(limit, at: EngineTime(milliseconds: 0))
        #expect(bucket.tokens == 0)
        bucket.fill(limit, at: EngineTime(milliseconds: Self.start.milliseconds + 100))
        #expect(bucket.tokens == 1)
    }
}
