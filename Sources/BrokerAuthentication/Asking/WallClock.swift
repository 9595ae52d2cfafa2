import Glibc

/// The time of day, which tells whether a proof is over.
package struct WallClock: Sendable {
    /// Milliseconds since 1970.
    package let now: @Sendable () -> Int64

    /// Makes a clock.
    ///
    /// - Parameter now: Milliseconds since 1970.
    package init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    /// The machine's.
    package static let system = WallClock {
        var time = timespec()
        // Safe because the call only fills in the struct it is given.
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// A duration in milliseconds.
    static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return Int64(clamping: seconds.multipliedReportingOverflow(by: 1_000).partialValue) + attoseconds
            / 1_000_000_000_000_000
    }
}
