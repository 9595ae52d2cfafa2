/// One page of a list for an operator.
package struct ReportPage<Item: Codable & Sendable>: Codable, Sendable {
    /// What was found; may be empty though there is more.
    package var items: [Item]
    /// Where the next page begins, to be given back as it is; nil when this is the last.
    package var cursor: UInt64?

    package init(items: [Item] = [], cursor: UInt64? = nil) {
        self.items = items
        self.cursor = cursor
    }
}
