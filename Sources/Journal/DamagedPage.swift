/// A page whose bytes are not what was written, and what of it is lost.
package struct DamagedPage: Sendable, Equatable {
    /// The page's number.
    package var number: UInt64

    /// How many bytes are stored for it.
    package var byteCount: Int

    /// How many records it had when it was written, as far as that can still be read.
    package var recordsWritten: Int

    /// How many of them are intact.
    package var recordsIntact: Int

    /// The damaged stretches, in order.
    package var stretches: [DamagedRecord]

    /// What is wrong with the page as a whole.
    package var reason: String

    /// Makes the description of a damaged page.
    ///
    /// - Parameters:
    ///   - number: The page's number.
    ///   - byteCount: How many bytes are stored for it.
    ///   - recordsWritten: How many records it had when it was written.
    ///   - recordsIntact: How many of them are intact.
    ///   - stretches: The damaged stretches, in order.
    ///   - reason: What is wrong with the page as a whole.
    package init(
        number: UInt64,
        byteCount: Int,
        recordsWritten: Int,
        recordsIntact: Int,
        stretches: [DamagedRecord],
        reason: String
    ) {
        self.number = number
        self.byteCount = byteCount
        self.recordsWritten = recordsWritten
        self.recordsIntact = recordsIntact
        self.stretches = stretches
        self.reason = reason
    }

    /// How many records are lost.
    package var recordsLost: Int { max(recordsWritten - recordsIntact, stretches.count) }
}

extension DamagedPage: CustomStringConvertible {
    package var description: String {
        var text = "page \(number) is damaged (\(reason)): \(recordsLost) of \(recordsWritten) records lost"
        for stretch in stretches { text += ", \(stretch)" }
        return text
    }
}

extension DamagedPage {
    /// Looks through the bytes of a page that is known to be damaged.
    ///
    /// - Parameters:
    ///   - page: The page as it is stored.
    ///   - recordsWritten: How many records it had when it was written.
    ///   - reason: What is wrong with the page as a whole.
    package init(inspecting page: JournalPage, recordsWritten: Int, reason: String) {
        var reader = PageReader(page.bytes)
        var intact = 0
        var stretches: [DamagedRecord] = []
        reading: while true {
            switch reader.next() {
            case .record: intact += 1
            case .damaged(let stretch): stretches.append(stretch)
            case .end: break reading
            }
        }
        self.init(
            number: page.number,
            byteCount: page.bytes.count,
            recordsWritten: recordsWritten,
            recordsIntact: intact,
            stretches: stretches,
            reason: reason
        )
    }
}
