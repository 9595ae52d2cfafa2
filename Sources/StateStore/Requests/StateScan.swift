/// A SCAN where it lies in the bytes of a request.
package struct StateScan: Hashable, Sendable {
    /// The prefix that the keys must have; may be empty.
    package var prefix: Range<Int>
    /// Where to go on; the empty cursor begins.
    package var cursor: StateCursor
    /// How many keys the page may have.
    package var count: Int
    /// Whether the values are wanted, too.
    package var wantsValues: Bool
    /// If set: only what changed after it, newest first.
    package var since: StateInstant?

    /// Makes a scan.
    ///
    /// - Parameters:
    ///   - prefix: Where the prefix lies.
    ///   - cursor: Where to go on.
    ///   - count: How many keys the page may have.
    ///   - wantsValues: Whether the values are wanted, too.
    ///   - since: If set, only what changed after it.
    package init(
        prefix: Range<Int>,
        cursor: StateCursor = .start,
        count: Int,
        wantsValues: Bool = false,
        since: StateInstant? = nil
    ) {
        self.prefix = prefix
        self.cursor = cursor
        self.count = count
        self.wantsValues = wantsValues
        self.since = since
    }
}
