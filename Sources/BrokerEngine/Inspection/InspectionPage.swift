/// One page of what an inspection lists.
package struct InspectionPage<Item: Sendable>: Sendable {
    /// What was found; may be empty though there is more.
    package var items: [Item] = []
    /// Where the next page begins; nil when this is the last.
    ///
    /// Whatever is there during the whole walk is listed once; what comes or goes meanwhile may be or not.
    package var next: UInt64?

    package init(items: [Item] = [], next: UInt64? = nil) {
        self.items = items
        self.next = next
    }
}
