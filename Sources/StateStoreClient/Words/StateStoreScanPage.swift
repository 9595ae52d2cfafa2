/// One page of a scan.
public struct StateStoreScanPage: Sendable, Hashable {
    /// What was found; may be empty though there is more.
    public var items: [StateStoreScanItem]
    /// Where to go on; `nil` at the end.
    public var cursor: [UInt8]?

    /// Makes a page.
    ///
    /// - Parameters:
    ///   - items: What was found.
    ///   - cursor: Where to go on; `nil` at the end.
    public init(items: [StateStoreScanItem], cursor: [UInt8]?) {
        self.items = items
        self.cursor = cursor
    }
}
