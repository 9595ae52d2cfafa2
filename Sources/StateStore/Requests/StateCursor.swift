/// Where a SCAN goes on: opaque to clients, and never trusted, for it comes back from them.
package struct StateCursor: Hashable, Sendable {
    /// The place in the table, or of the last key in the order of change.
    package var position: UInt64
    /// The version of the key there, by which it is known whether it is still the same.
    package var mark: UInt64
    /// Keys with this version or a later one were given already; 0 if none.
    package var bound: UInt64

    /// The cursor that begins.
    package static let start = StateCursor(position: 0, mark: 0, bound: 0)

    /// Whether the scan is at its beginning, or at its end.
    package var isEmpty: Bool { self == .start }
}
