/// Files, folders and types are named for what they are: `Utils`, `Helpers`, `Common` and `Manager` say nothing.
struct NameRule {
    private static let banned = ["Util", "Helper", "Common", "Manager", "Misc"]
    private static let declarations = ["struct", "class", "enum", "actor", "protocol", "typealias"]

    func findings(in files: [SourceFile]) -> [Finding] {
        files.flatMap { file -> [Finding] in
            var findings: [Finding] = []
            if let part = file.components.first(where: { Self.saysNothing(String($0)) }) {
                findings.append(Finding(path: file.path, line: 1, message: "the name \(part) says nothing"))
            }
            if file.path.contains(" ") {
                findings.append(Finding(path: file.path, line: 1, message: "a space in a path"))
            }
            for (index, line) in file.code.enumerated() {
                let words = line.words
                for (keyword, name) in zip(words, words.dropFirst())
                where Self.declarations.contains(keyword) && Self.saysNothing(name) {
                    findings.append(Finding(path: file.path, line: index + 1, message: "the name \(name) says nothing"))
                }
            }
            return findings
        }
    }

    static func saysNothing(_ name: String) -> Bool {
        banned.contains { name.contains($0) }
    }
}
