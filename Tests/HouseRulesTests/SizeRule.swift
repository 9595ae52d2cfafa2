/// A file has at most 500 lines and a function at most 60.
struct SizeRule {
    static let linesPerFile = 500
    static let linesPerFunction = 60

    func findings(in files: [SourceFile]) -> [Finding] {
        files.filter { !$0.isGenerated }.flatMap { file -> [Finding] in
            var findings: [Finding] = []
            // A text that ends with a newline has an empty last line, which nobody counts.
            let count = file.lines.last?.isEmpty == true ? file.lines.count - 1 : file.lines.count
            if count > Self.linesPerFile {
                let message = "\(count) lines, of at most \(Self.linesPerFile)"
                findings.append(Finding(path: file.path, line: 1, message: message))
            }
            for function in Self.functions(in: file) where function.lines > Self.linesPerFunction {
                let message = "a function of \(function.lines) lines, of at most \(Self.linesPerFunction)"
                findings.append(Finding(path: file.path, line: function.start + 1, message: message))
            }
            return findings
        }
    }

    /// Where the functions and initialisers with a body begin (from 0), and how many lines each has, its signature counted.
    static func functions(in file: SourceFile) -> [(start: Int, lines: Int)] {
        var functions: [(start: Int, lines: Int)] = []
        for start in file.code.indices where beginsFunction(file.code[start]) {
            if let end = endOfBody(in: file.code, from: start) { functions.append((start, end - start + 1)) }
        }
        return functions
    }

    private static func beginsFunction(_ line: String) -> Bool {
        let words = line.split { " (<".contains($0) }.map(String.init)
        guard let keyword = words.firstIndex(where: { ["func", "init", "init?"].contains($0) }) else { return false }
        return words[..<keyword].allSatisfy { $0.first?.isLetter == true || $0.hasPrefix("@") }
            && !line.contains(".init")
    }

    /// The line of the brace that closes the body; `nil` where there is none (a protocol's requirement).
    private static func endOfBody(in code: [String], from start: Int) -> Int? {
        var braces = 0
        var parentheses = 0
        for index in start..<code.count {
            for byte in code[index].utf8 {
                switch byte {
                case UInt8(ascii: "("): parentheses += 1
                case UInt8(ascii: ")"): parentheses -= 1
                case UInt8(ascii: "{"): braces += 1
                case UInt8(ascii: "}"):
                    braces -= 1
                    if braces < 0 { return nil }
                    if braces == 0, parentheses == 0 { return index }
                default: break
                }
            }
            let next = index + 1 < code.count ? code[index + 1] : ""
            let goesOn = [")", "->", "{", "where", "throws", "async", "}"].contains {
                next.drop { $0 == " " }.hasPrefix($0)
            }
            if braces == 0, parentheses == 0, !goesOn { return nil }
        }
        return nil
    }
}
