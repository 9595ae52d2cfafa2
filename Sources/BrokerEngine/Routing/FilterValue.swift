/// What hangs at a node of the tree of filters.
struct FilterValue {
    /// Ordinary subscriptions.
    var subscriptions: [Int32] = []
    /// Shared groups.
    var groups: [Int32] = []
}
