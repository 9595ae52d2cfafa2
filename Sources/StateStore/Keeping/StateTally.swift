/// What the checked writes of one commit will add to the store, so that quotas hold over all of them together.
package struct StateTally: Hashable, Sendable {
    /// How many keys are added.
    package internal(set) var keys = 0
    /// How many bytes are added.
    package internal(set) var bytes = 0

    /// Nothing is promised yet.
    package init() {}
}
