/// What a write did.
package struct StateChange: Hashable, Sendable {
    /// The key's handle; nil if it was removed.
    package var handle: StateHandle?
    /// Where the journal kept what was there before; its page is 0 if nothing was.
    package var previous: StatePlace

    /// Whether the key was removed.
    package var isRemoval: Bool { handle == nil }
}
