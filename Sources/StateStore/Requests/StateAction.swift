/// What a write does to its key.
package enum StateAction: Hashable, Sendable {
    /// Gives it a value.
    case set
    /// Removes it.
    case delete
}
