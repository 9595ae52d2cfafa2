package import Journal

/// Pages whose bytes follow from their numbers, so that every byte that is read back can be checked.
package enum MadePages {
    /// A page of records.
    ///
    /// - Parameters:
    ///   - number: Its number.
    ///   - records: How many records it has.
    ///   - bodyLength: How many bytes each body has.
    /// - Returns: The page.
    package static func page(_ number: UInt64, records: Int = 3, bodyLength: Int = 40) -> JournalPage {
        var writer = PageWriter(capacity: records * (bodyLength + RecordHeader.byteCount))
        for record in 0..<records {
            writer.beginRecord(kind: UInt8(truncatingIfNeeded: record), version: 1)
            var seed = number &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(record)
            for _ in 0..<bodyLength {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                writer.append(UInt8(truncatingIfNeeded: seed >> 56))
            }
            writer.endRecord()
        }
        return JournalPage(number: number, bytes: writer.take())
    }

    /// Pages of consecutive numbers.
    ///
    /// - Parameters:
    ///   - numbers: Their numbers.
    ///   - records: How many records each has.
    ///   - bodyLength: How many bytes each body has.
    /// - Returns: The pages.
    package static func pages(
        _ numbers: ClosedRange<UInt64>,
        records: Int = 3,
        bodyLength: Int = 40
    ) -> [JournalPage] {
        numbers.map { page($0, records: records, bodyLength: bodyLength) }
    }
}
