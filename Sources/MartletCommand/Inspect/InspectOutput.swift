/// What a question brought, for people and for machines.
struct InspectOutput {
    /// For people.
    var lines: [String]
    /// For machines: a JSON object a line.
    var json: [String]
    /// What there is to say beside it, such as that there is more.
    var remark: String?

    init(lines: [String], json: [String], remark: String? = nil) {
        self.lines = lines
        self.json = json
        self.remark = remark
    }

    /// A list.
    init<Item: Encodable>(
        _ list: InspectedList<Item>,
        _ columns: [TextTable.Column],
        _ cells: (Item) -> [String]
    ) {
        var table = TextTable(columns)
        for item in list.items { table.add(cells(item)) }
        lines = table.lines
        json = list.items.map { JSONLine.encode($0) }
        if list.isCut { remark = "there are more than \(list.items.count); --limit shows more of them" }
    }

    /// One thing: a name and a value a line.
    init(_ value: some Encodable, _ fields: [(name: String, value: String)]) {
        let width = fields.map(\.name.count).max() ?? 0
        lines = fields.map { field in
            let spaces = String(repeating: " ", count: width - field.name.count)
            return "\(field.name)\(spaces)  \(TextTable.printable(field.value))"
        }
        json = [JSONLine.encode(value)]
    }
}
