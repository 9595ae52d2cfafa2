/// A version of a key, or a fencing token: a reading of a hybrid logical clock (`docs/reference`: state store §1.5).
///
/// The order is that of the milliseconds, then of the counter, then of the node's name.
package struct StateVersion: Hashable, Comparable, Sendable {
    /// The longest text that is read as a version, in bytes.
    package static let maximumTextLength = 512

    /// The time of it.
    package var instant: StateInstant
    /// Who made it; never holds a `:`.
    package var node: String

    /// Milliseconds since 1970-01-01T00:00:00Z.
    package var milliseconds: Int64 { instant.milliseconds }
    /// Which of the versions of that millisecond.
    package var counter: UInt64 { instant.counter }

    /// Makes a version.
    ///
    /// - Parameters:
    ///   - instant: The time of it.
    ///   - node: Who made it.
    package init(instant: StateInstant, node: String) {
        self.instant = instant
        self.node = node
    }

    /// Makes a version.
    ///
    /// - Parameters:
    ///   - milliseconds: Milliseconds since 1970.
    ///   - counter: Which of the versions of that millisecond.
    ///   - node: Who made it.
    package init(milliseconds: Int64, counter: UInt64, node: String) {
        self.init(instant: StateInstant(milliseconds: milliseconds, counter: counter), node: node)
    }

    @inline(__always)
    package static func < (left: StateVersion, right: StateVersion) -> Bool {
        // Strings are compared as the peers do: by bytes.
        left.instant != right.instant
            ? left.instant < right.instant : left.node.utf8.lexicographicallyPrecedes(right.node.utf8)
    }
}
