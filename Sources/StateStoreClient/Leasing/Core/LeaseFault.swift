/// Faults that the simulation plants, to see that it finds them.
package enum LeaseFault: Sendable, Hashable, CaseIterable {
    /// The deadline counts from when the answer came, not from when the request left.
    case deadlineFromAnswer
    /// The holder believes for as long as the store grants: no drift, no lead.
    case noMargin
    /// All holds have one name.
    case sameHolderAlways
    /// A release does not wait for the renewal under way.
    case overlappingRequests
    /// A release forgets to stop the renewals.
    case renewsAfterRelease
}
