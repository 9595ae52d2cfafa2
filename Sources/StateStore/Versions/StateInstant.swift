/// The time of a version without the name of who made it: milliseconds since 1970, and a counter within the millisecond.
///
/// What the store compares and keeps; a ``StateVersion`` adds the node.
package struct StateInstant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package var milliseconds: Int64
    /// Which of the versions of that millisecond.
    package var counter: UInt64

    /// Makes an instant.
    ///
    /// - Parameters:
    ///   - milliseconds: Milliseconds since 1970.
    ///   - counter: Which of the versions of that millisecond.
    package init(milliseconds: Int64, counter: UInt64 = 0) {
        self.milliseconds = milliseconds
        self.counter = counter
    }

    /// Before every version of a store.
    package static let zero = StateInstant(milliseconds: 0)

    @inline(__always)
    package static func < (left: StateInstant, right: StateInstant) -> Bool {
        left.milliseconds != right.milliseconds
            ? left.milliseconds < right.milliseconds : left.counter < right.counter
    }
}
