/// How long to wait before the next attempt: exponential, with full jitter.
///
/// The n-th wait in a row is drawn evenly from zero to `base · 2ⁿ`, at most `cap`. The row ends when a connection has
/// lasted at least as long as the next wait could be: so a server that takes connections and drops them at once is not
/// hammered, and one that runs for a while is come back to quickly.
package struct Backoff: Sendable {
    /// How many waits there were in a row.
    package private(set) var attempts = 0

    private let base: UInt64
    private let cap: UInt64

    /// Makes a backoff without attempts.
    ///
    /// - Parameters:
    ///   - base: The longest first wait.
    ///   - cap: The longest wait of all.
    package init(base: Duration, cap: Duration) {
        self.base = Self.nanoseconds(base)
        self.cap = max(Self.nanoseconds(cap), self.base)
    }

    /// The longest that the next wait can be.
    package var ceiling: Duration {
        .nanoseconds(Int64(clamping: self.ceilingNanoseconds))
    }

    /// Draws the next wait.
    ///
    /// - Parameter random: Sixty-four random bits.
    /// - Returns: How long to wait.
    package mutating func next(random: UInt64) -> Duration {
        let ceiling = self.ceilingNanoseconds
        self.attempts += 1
        // The high half of the product is spread evenly over 0...ceiling.
        return .nanoseconds(Int64(clamping: (ceiling + 1).multipliedFullWidth(by: random).high))
    }

    /// Notes that a connection had been made and has ended.
    ///
    /// - Parameter lifetime: How long it lasted.
    package mutating func connectionEnded(after lifetime: Duration) {
        if lifetime >= self.ceiling { self.attempts = 0 }
    }

    private var ceilingNanoseconds: UInt64 {
        // 2⁶² ns are 146 years; beyond that many doublings the cap decides anyway.
        let (product, overflow) = self.base.multipliedReportingOverflow(by: 1 << UInt64(min(self.attempts, 62)))
        return overflow ? self.cap : min(product, self.cap)
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        // Far below the end of the range, so that neither adding to it nor making a signed number of it overflows.
        let limit = UInt64(Int64.max) / 2
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? limit : min(whole, limit) + UInt64(attoseconds / 1_000_000_000)
    }
}
