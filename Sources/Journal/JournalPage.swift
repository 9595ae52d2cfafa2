/// What one turn of the engine decided: a number and the bytes of its records.
package struct JournalPage: Sendable, Equatable {
    /// The page's place in the journal, strictly increasing, from 1.
    package var number: UInt64

    /// The records, in the format of ``PageWriter``.
    package var bytes: [UInt8]

    /// Makes a page.
    ///
    /// - Parameters:
    ///   - number: The page's place in the journal, from 1.
    ///   - bytes: The records, as ``PageWriter/take()`` gives them.
    package init(number: UInt64, bytes: [UInt8]) {
        self.number = number
        self.bytes = bytes
    }
}
