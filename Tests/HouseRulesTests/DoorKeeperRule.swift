/// Every folder under `Sources` is a room of the table and has a file of its own name, which is read first.
struct DoorKeeperRule {
    var rooms: [Room]

    func findings(in files: [SourceFile]) -> [Finding] {
        let found = Set(files.compactMap(\.room))
        var findings: [Finding] = []
        for name in found.sorted() where !rooms.contains(where: { $0.name == name }) {
            findings.append(Finding(path: "Sources/\(name)", line: 1, message: "is no room of the table of arrows"))
        }
        for name in rooms.map(\.name)
        where !files.contains(where: { $0.room == name && $0.path.hasSuffix("/\(name)/\(name).swift") }) {
            findings.append(Finding(path: "Sources/\(name)", line: 1, message: "has no door-keeper \(name).swift"))
        }
        return findings
    }
}
