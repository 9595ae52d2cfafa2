/// Why a write is not done.
package enum StateRefusal: Hashable, Sendable {
    /// A SET's condition does not hold: `:-1`, with the stored version (nil if there is no such key).
    case notApplied(stored: StateVersion?)
    /// There is nothing to remove: `:0`.
    case absent
    /// It is an error: `-ERR …`.
    case error(StateError)
}
