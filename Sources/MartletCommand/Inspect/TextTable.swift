/// Rows under headings, each column as wide as its widest cell.
struct TextTable {
    /// On which side a column's cells stand.
    enum Side {
        case left, right
    }

    /// A column.
    struct Column {
        var heading: String
        var side: Side

        /// A column of words.
        static func text(_ heading: String) -> Column { Column(heading: heading, side: .left) }
        /// A column of numbers.
        static func number(_ heading: String) -> Column { Column(heading: heading, side: .right) }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row, a cell a column; what controls a terminal is shown as `?`.
    mutating func add(_ cells: [String]) {
        rows.append(cells.map(Self.printable))
    }

    /// The lines, the headings first.
    var lines: [String] {
        let all = [columns.map(\.heading)] + rows
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.indices.map { Self.pad(row[$0], to: widths[$0], columns[$0].side) }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func pad(_ text: String, to width: Int, _ side: Side) -> String {
        let spaces = String(repeating: " ", count: max(0, width - text.count))
        return side == .left ? text + spaces : spaces + text
    }

    /// A client chooses its identifier and its topics: none of them moves the cursor of who looks at them.
    static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { Self.isControl($0) ? "?" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
