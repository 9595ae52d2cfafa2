/// A stretch of a page that is not what was written.
package struct DamagedRecord: Sendable, Equatable {
    /// Where it begins, in bytes from the start of the page.
    package var offset: Int

    /// How many bytes were skipped.
    ///
    /// Where the length of the record could not be trusted: all to the end of the page.
    package var byteCount: Int

    /// Why it is no record.
    package var reason: Reason

    /// Makes the description of a damaged stretch.
    ///
    /// - Parameters:
    ///   - offset: Where it begins, in bytes from the start of the page.
    ///   - byteCount: How many bytes were skipped.
    ///   - reason: Why it is no record.
    package init(offset: Int, byteCount: Int, reason: Reason) {
        self.offset = offset
        self.byteCount = byteCount
        self.reason = reason
    }

    /// Why a stretch of bytes is no record.
    package enum Reason: String, Sendable {
        /// The page ends inside the record's header.
        case headerCut = "the page ends inside a record's header"

        /// The record would reach beyond the page.
        case tooLong = "the record's length reaches beyond the page"

        /// The checksum does not match; the length led to the next record.
        case checksum = "the checksum does not match"

        /// The checksum does not match and the length leads nowhere: the rest of the page is skipped.
        case checksumAndLength = "the checksum does not match and the length leads to no record"
    }
}

extension DamagedRecord: CustomStringConvertible {
    package var description: String { "\(byteCount) bytes at offset \(offset): \(reason.rawValue)" }
}
