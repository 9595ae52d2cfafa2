/// How much of something a second brings, and how much of it may come at once.
package struct RateLimit: Sendable, Hashable {
    /// So many a second in the long run; 0 for no bound.
    package var perSecond: Int
    /// So many at once after a rest; at least one.
    package var burst: Int

    /// Makes a rate.
    ///
    /// - Parameters:
    ///   - perSecond: So many a second; 0 for no bound.
    ///   - burst: So many at once; what a second brings where nothing is said.
    package init(perSecond: Int, burst: Int? = nil) {
        self.perSecond = max(0, min(perSecond, RateLimit.most))
        self.burst = max(1, min(burst ?? self.perSecond, RateLimit.most))
    }

    /// No bound.
    package static let none = RateLimit(perSecond: 0)

    /// Whether there is a bound.
    package var isOn: Bool { perSecond > 0 }

    /// The greatest number that is taken, far beyond what a machine does.
    private static let most = 1 << 40
}
