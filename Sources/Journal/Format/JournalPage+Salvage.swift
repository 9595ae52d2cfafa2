extension JournalPage {
    /// Writes the intact records of a damaged page into a page of the same number.
    ///
    /// - Returns: The page with only the records whose checksum matches; it may be empty.
    package func salvaged() -> JournalPage {
        var writer = PageWriter(capacity: bytes.count)
        writer.append(recordsOf: bytes)
        return JournalPage(number: number, bytes: writer.take())
    }
}
