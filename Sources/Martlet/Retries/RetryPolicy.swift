/// How often, and after which waits, a handler that failed is tried again.
///
/// The wait before attempt *n + 1* is drawn evenly between nothing and `base × factor^(n-1)`, and never more
/// than `cap`: exponential backoff with full jitter, so that messages that failed together do not come back
/// together.
public struct RetryPolicy: Sendable, Equatable {
    /// What bounds a policy.
    public enum Limits {
        /// The most attempts that a policy may ask for.
        public static let maximumAttempts = 1000
    }

    /// How often the handler runs for one message at the most, the first time included.
    public var attempts: Int
    /// The longest that the wait after the first attempt can be.
    public var base: Duration
    /// The longest that any wait can be.
    public var cap: Duration
    /// By how much the bound of the wait grows from attempt to attempt.
    public var factor: Double

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - attempts: How often the handler runs at the most; values outside of 1 to ``Limits/maximumAttempts``
    ///     are moved inside.
    ///   - base: The bound of the first wait.
    ///   - cap: The bound of every wait.
    ///   - factor: The growth of the bound; at least 1.
    public init(
        attempts: Int = 5,
        base: Duration = .milliseconds(100),
        cap: Duration = .seconds(10),
        factor: Double = 2
    ) {
        self.attempts = min(max(attempts, 1), Limits.maximumAttempts)
        self.base = max(base, .zero)
        self.cap = max(cap, .zero)
        self.factor = max(factor, 1)
    }

    /// One attempt: what fails goes to the dead letter topic at once.
    public static let never = RetryPolicy(attempts: 1)

    /// The longest that the wait after an attempt can be.
    ///
    /// - Parameter attempt: The attempt that failed, from 1.
    /// - Returns: The bound of the wait before the next one.
    public func bound(afterAttempt attempt: Int) -> Duration {
        // Multiplied step by step and cut at the cap, since a power would overflow a Duration long before attempt 1000.
        var bound = min(base, cap)
        var remaining = max(attempt, 1) - 1
        while remaining > 0 && bound < cap && bound > .zero {
            bound = min(bound * factor, cap)
            remaining -= 1
            if factor == 1 { break }
        }
        return bound
    }

    /// Draws the wait after an attempt.
    ///
    /// - Parameters:
    ///   - attempt: The attempt that failed, from 1.
    ///   - random: A number from 0 up to, but not with, 1.
    /// - Returns: The wait before the next attempt.
    public func wait(afterAttempt attempt: Int, random: Double) -> Duration {
        bound(afterAttempt: attempt) * min(max(random, 0), 1)
    }
}
