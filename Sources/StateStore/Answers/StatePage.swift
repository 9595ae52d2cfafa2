/// A page of a SCAN as clients read it (extension).
package struct StatePage: Hashable, Sendable {
    /// Where to go on; empty if this was the last page.
    ///
    /// A page may have no entries and yet not be the last.
    package var cursor: [UInt8]
    /// The keys of the page.
    package var entries: [Entry]

    /// Reads a page.
    ///
    /// - Parameter answer: The answer to a SCAN; nil comes of anything else.
    package init?(_ answer: RESPValue) {
        guard case .array(let parts) = answer, parts.count == 2, case .bulk(let cursor) = parts[0],
            case .array(let elements) = parts[1]
        else { return nil }
        self.cursor = cursor
        entries = []
        for element in elements {
            guard let entry = Entry(element) else { return nil }
            entries.append(entry)
        }
    }
}

extension StatePage {
    /// A key of a page.
    package struct Entry: Hashable, Sendable {
        /// The key.
        package var key: [UInt8]
        /// Its version.
        package var version: StateVersion
        /// Its value, if values were asked for.
        package var value: [UInt8]?

        fileprivate init?(_ element: RESPValue) {
            guard case .array(let parts) = element, parts.count == 2 || parts.count == 3,
                case .bulk(let key) = parts[0], case .bulk(let text) = parts[1],
                let version = StateVersion(text.span, in: 0..<text.count)
            else { return nil }
            self.key = key
            self.version = version
            if parts.count == 3 {
                guard case .bulk(let value) = parts[2] else { return nil }
                self.value = value
            }
        }
    }
}
