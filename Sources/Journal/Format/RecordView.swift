/// Where a valid record lies in its page.
package struct RecordView: Sendable, Equatable {
    /// What the record says.
    ///
    /// The meaning is the engine's.
    package var kind: UInt8

    /// The version of that kind's body.
    package var version: UInt8

    /// Where the record begins in its page.
    package var offset: Int

    /// The body's bytes in the page.
    package var body: Range<Int>
}
