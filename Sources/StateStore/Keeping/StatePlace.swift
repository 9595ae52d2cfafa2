/// Where the journal keeps the last fact about a key: the engine's business, kept here so that it costs no second table.
package struct StatePlace: Hashable, Sendable {
    /// The number of the page; 0 if there is no fact.
    package var page: UInt64
    /// How many bytes the fact has.
    package var bytes: Int32

    /// Makes a place.
    ///
    /// - Parameters:
    ///   - page: The number of the page.
    ///   - bytes: How many bytes the fact has.
    package init(page: UInt64 = 0, bytes: Int32 = 0) {
        self.page = page
        self.bytes = bytes
    }
}
