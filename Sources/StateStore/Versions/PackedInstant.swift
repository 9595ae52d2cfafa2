/// An instant in eight bytes, for the store's table: 42 bits of milliseconds (to the year 2109) and 22 of the counter.
///
/// Only readings of the store's own clock are kept so; ``StateClock`` never counts further than fits.
struct PackedInstant: Comparable, Sendable {
    static let counterBits: UInt64 = 22
    static let maximumCounter: UInt64 = (1 << counterBits) - 1
    static let maximumMilliseconds: Int64 = (1 << 42) - 1

    var rawValue: UInt64

    /// Packs an instant; one that does not fit becomes the nearest that does.
    @inline(__always)
    init(_ instant: StateInstant) {
        let milliseconds = min(max(instant.milliseconds, 0), Self.maximumMilliseconds)
        rawValue =
            UInt64(truncatingIfNeeded: milliseconds) &<< Self.counterBits | min(instant.counter, Self.maximumCounter)
    }

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    @inline(__always)
    var instant: StateInstant {
        StateInstant(
            milliseconds: Int64(truncatingIfNeeded: rawValue &>> Self.counterBits),
            counter: rawValue & Self.maximumCounter
        )
    }

    @inline(__always)
    static func < (left: PackedInstant, right: PackedInstant) -> Bool {
        left.rawValue < right.rawValue
    }
}
