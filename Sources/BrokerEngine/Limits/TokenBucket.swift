/// An allowance that grows with time, up to a bound, and that may be overdrawn: the debt has to be paid back before more is allowed.
///
/// Time comes in as a value; everything is counted in integers.
package struct TokenBucket: Sendable, Equatable {
    /// Thousandths of a token, so that a rate a second grows by its number a millisecond; below zero is debt.
    private var thousandths: Int
    private var filledAt: Int64

    /// A full bucket.
    package init(_ limit: RateLimit, at time: EngineTime) {
        thousandths = limit.burst &* 1_000
        filledAt = time.milliseconds
    }

    /// How many tokens may be taken without debt, as of the last ``fill(_:at:)``.
    package var tokens: Int { max(0, thousandths / 1_000) }

    /// Whether more was taken than was there.
    package var isInDebt: Bool { thousandths < 0 }

    /// Adds what the time since the last call brought.
    package mutating func fill(_ limit: RateLimit, at time: EngineTime) {
        let most = limit.burst &* 1_000
        // A longer time than it takes to fill is as good as that; and no product below can overflow.
        let elapsed = min(time.milliseconds - filledAt, Int64(TokenBucket.longestFill))
        guard elapsed > 0 else { return }
        filledAt = time.milliseconds
        let (grown, overflow) = limit.perSecond.multipliedReportingOverflow(by: Int(elapsed))
        let (sum, tooMany) = thousandths.addingReportingOverflow(grown)
        thousandths = overflow || tooMany ? most : min(most, sum)
    }

    /// Takes tokens, whether they are there or not.
    package mutating func take(_ count: Int) {
        thousandths &-= count &* 1_000
    }

    /// When there will be a whole token again; not before `time`.
    package func nextToken(_ limit: RateLimit, at time: EngineTime) -> EngineTime {
        guard thousandths < 1_000 else { return time }
        let missing = 1_000 - thousandths
        return EngineTime(milliseconds: filledAt + Int64((missing + limit.perSecond - 1) / limit.perSecond))
    }

    /// Whether it is full: nothing is lost when it is forgotten.
    package func isFull(_ limit: RateLimit) -> Bool { thousandths >= limit.burst &* 1_000 }

    /// Milliseconds after which every bucket counts as full.
    private static let longestFill = 3_600_000
}
