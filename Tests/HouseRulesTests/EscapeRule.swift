/// An escape from what the compiler proves stands under a comment that begins `Safe because`.
///
/// The comment stands on the line of the escape or above it, at most `reach` lines of code away: one comment may cover a few neighbours.
struct EscapeRule {
    /// How many lines of code may lie between the comment and the escape.
    static let reach = 4

    private static let words = [
        "@unchecked Sendable", "nonisolated(unsafe)", "try!", "as!", "unsafeBitCast", "unsafeDowncast",
        "assumeIsolated",
        "Unmanaged", "UnsafePointer", "UnsafeMutablePointer", "UnsafeRawPointer", "UnsafeMutableRawPointer",
        "UnsafeBufferPointer", "UnsafeMutableBufferPointer", "UnsafeRawBufferPointer", "UnsafeMutableRawBufferPointer",
        "OpaquePointer", "unsafeLoad", "NIOLoopBound", "NIOLoopBoundBox",
    ]
    private static let beginnings = [
        "withUnsafe", "withContiguousStorageIfAvailable", "withContiguousMutableStorage", "unsafeUninitialized",
    ]

    func findings(in files: [SourceFile]) -> [Finding] {
        files.flatMap { file in
            file.code.indices.compactMap { index -> Finding? in
                guard let escape = Self.escape(in: file.code[index]), !isExplained(file, index) else { return nil }
                let message = "\(escape) without a comment that begins 'Safe because'"
                return Finding(path: file.path, line: index + 1, message: message)
            }
        }
    }

    private func isExplained(_ file: SourceFile, _ index: Int) -> Bool {
        var line = index
        var codeLines = 0
        while line >= 0, codeLines <= Self.reach {
            if file.comments[line].drop(while: { "/* ".contains($0) }).hasPrefix("Safe because") { return true }
            if file.code[line].contains(where: { $0 != " " }) { codeLines += 1 }
            line -= 1
        }
        return false
    }

    /// The first escape in the line of code.
    static func escape(in code: String) -> String? {
        if let word = words.first(where: code.contains(word:)) { return word }
        let names = code.words
        if let name = names.first(where: { name in beginnings.contains { name.hasPrefix($0) } }) { return name }
        return unwrapsByForce(code) ? "a force unwrap" : nil
    }

    /// Whether an exclamation mark follows a name or a closing bracket at once, and is not the start of `!=` or `!==`.
    private static func unwrapsByForce(_ code: String) -> Bool {
        let bytes = Array(code.utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "!") && index > 0 {
            let before = bytes[index - 1]
            let closes = before == UInt8(ascii: ")") || before == UInt8(ascii: "]") || before == UInt8(ascii: "}")
            let comparesNext = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "=")
            if (before.isPartOfWord || closes || before == UInt8(ascii: ">")) && !comparesNext { return true }
        }
        return false
    }
}
