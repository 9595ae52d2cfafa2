/// An import that is not an arrow of the design is a finding.
struct ImportRule {
    var rooms: [Room]

    func findings(in files: [SourceFile]) -> [Finding] {
        files.flatMap { file -> [Finding] in
            guard let name = file.room, let room = rooms.first(where: { $0.name == name }) else { return [] }
            return file.code.enumerated().compactMap { index, line in
                guard let module = Self.module(importedBy: line) else { return nil }
                guard !room.arrows.contains(module), !room.foreign.contains(module) else { return nil }
                let isRoom = rooms.contains { $0.name == module }
                let message = isRoom ? "no arrow leads from \(name) to \(module)" : "\(name) may not import \(module)"
                return Finding(path: file.path, line: index + 1, message: message)
            }
        }
    }

    /// The module that the line imports, `nil` for any other line.
    ///
    /// An import may carry attributes, an access level, and a kind and name within the module (`import struct NIOCore.ByteBuffer`).
    static func module(importedBy line: String) -> String? {
        var words = line.split(separator: " ").map(String.init)[...]
        while let word = words.first, word.hasPrefix("@") || Self.accessLevels.contains(word) { words.removeFirst() }
        guard words.popFirst() == "import" else { return nil }
        if let word = words.first, Self.kinds.contains(word) { words.removeFirst() }
        guard let path = words.first else { return nil }
        return path.split { !($0.isLetter || $0.isNumber || $0 == "_") }.first.map(String.init)
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<String> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
    ]
}
