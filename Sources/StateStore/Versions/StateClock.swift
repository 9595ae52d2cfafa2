/// The hybrid logical clock of a store: every reading is later than all before it, and than what it was shown.
///
/// It is handed the wall clock's time and never asks for it.
package struct StateClock: Sendable {
    /// The last reading.
    package private(set) var last: StateInstant
    /// How many milliseconds ahead of the wall clock a peer may be.
    package let maximumDrift: Int64

    /// Makes a clock.
    ///
    /// - Parameters:
    ///   - last: What every reading must be later than.
    ///   - maximumDrift: How many milliseconds ahead of the wall clock a peer may be.
    package init(last: StateInstant = .zero, maximumDrift: Int64 = 60_000) {
        self.last = last
        self.maximumDrift = maximumDrift
    }

    /// Whether a peer's time is further ahead than it may be.
    ///
    /// - Parameters:
    ///   - instant: The peer's time.
    ///   - now: The wall clock, in milliseconds since 1970.
    /// - Returns: True if it is; a time that is behind is never refused.
    @inline(__always)
    package func isTooFarAhead(_ instant: StateInstant, now: Int64) -> Bool {
        instant.milliseconds > now && instant.milliseconds &- now > maximumDrift
    }

    /// Reads the clock.
    ///
    /// - Parameters:
    ///   - now: The wall clock, in milliseconds since 1970.
    ///   - seen: The time of the request, which the reading must be later than.
    /// - Returns: A reading later than all before.
    /// - Throws: ``StateError/timestampTooFarAhead`` if the request is too far ahead, and the clock is as it was.
    @inline(__always)
    package mutating func tick(now: Int64, seeing seen: StateInstant? = nil) throws(StateError) -> StateInstant {
        var later = last
        if let seen {
            if isTooFarAhead(seen, now: now) { throw .timestampTooFarAhead }
            if seen > later { later = seen }
        }
        last = now > later.milliseconds ? StateInstant(milliseconds: now) : Self.successor(of: later)
        return last
    }

    /// Makes sure that every reading is later than a version that is known to be given out.
    ///
    /// - Parameter instant: The version.
    package mutating func advance(past instant: StateInstant) {
        if instant > last { last = instant }
    }

    /// The next instant: the counter goes up, and where it is full the millisecond does.
    @inline(__always)
    private static func successor(of instant: StateInstant) -> StateInstant {
        instant.counter >= PackedInstant.maximumCounter
            ? StateInstant(milliseconds: instant.milliseconds &+ 1)
            : StateInstant(milliseconds: instant.milliseconds, counter: instant.counter &+ 1)
    }
}
