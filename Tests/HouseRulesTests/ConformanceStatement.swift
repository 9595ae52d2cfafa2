/// One line of `docs/conformance.md`: a statement of a specification, and what shows that it is kept.
struct ConformanceStatement {
    /// The line of the page.
    let line: Int
    /// The specification: the heading that the line stands under.
    let specification: String
    /// The number of the statement, such as `3.1.2-4`.
    let number: String
    /// Whom it binds.
    let binds: String
    /// What shows it: tests, cases, reasons, in the order of the page.
    let evidence: [String]

    /// Reads the tables of the page.
    static func all(in page: SourceFile) -> [ConformanceStatement] {
        var specification = ""
        var found: [ConformanceStatement] = []
        for (index, line) in page.lines.enumerated() {
            if line.hasPrefix("## ") { specification = String(line.dropFirst(3)) }
            guard line.hasPrefix("| MQTT-") else { continue }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimming(" ") }
            guard cells.count == 6 else { continue }
            found.append(
                ConformanceStatement(
                    line: index + 1,
                    specification: specification,
                    number: String(cells[1].dropFirst("MQTT-".count)),
                    binds: String(cells[2]),
                    evidence: cells[4].split(separator: ";").map { String($0.trimming(" ")) }
                )
            )
        }
        return found
    }
}

extension Substring {
    /// Without a character at both ends.
    fileprivate func trimming(_ character: Character) -> Substring {
        let start = self.drop { $0 == character }
        guard let end = start.lastIndex(where: { $0 != character }) else { return start }
        return start[...end]
    }
}
