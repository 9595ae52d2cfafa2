/// One text of the tree, with its comments and the insides of its string literals told apart from its code.
struct SourceFile {
    /// The path from the root of the package.
    let path: String
    let lines: [String]
    /// The lines with comments and the contents of string literals taken out.
    let code: [String]
    /// What stands in comments, line by line.
    let comments: [String]

    init(path: String, text: String) {
        self.path = path
        self.lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard path.hasSuffix(".swift") else {
            self.code = lines
            self.comments = lines.map { _ in "" }
            return
        }
        var scanner = CodeScanner(text)
        scanner.scan()
        self.code = scanner.code.map { String(decoding: $0, as: UTF8.self) }
        self.comments = scanner.comments.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The parts of the path.
    var components: [Substring] { path.split(separator: "/") }

    /// The name of the file without its folder.
    var name: String { components.last.map(String.init) ?? path }

    /// The folder under `Sources` that the file lies in, or the folder of a sample's sources.
    var room: String? {
        let parts = components
        guard let sources = parts.firstIndex(of: "Sources"), parts.count > sources + 2 else { return nil }
        return String(parts[sources + 1])
    }

    /// Whether a generator wrote the file, which exempts it from the rules about size.
    var isGenerated: Bool { name.hasSuffix(".generated.swift") }
}
