extension JournalPage {
    /// Writes the intact records of a damaged page into a page of the same number.
    ///
    /// - Returns: The page with only the records whose checksum matches; it may be empty.
    package func salvaged() -> JournalPage {
        var reader = PageReader(bytes)
        var writer = PageWriter(capacity: bytes.count)
        while true {
            switch reader.next() {
            case .record(let record):
                writer.beginRecord(kind: record.kind, version: record.version)
                writer.append(bytes: bytes.span.extracting(record.body))
                writer.endRecord()
            case .damaged: continue
            case .end: return JournalPage(number: number, bytes: writer.take())
            }
        }
    }
}
