/// Tells code, comments and string literals of a Swift text apart.
///
/// Comments nest, strings may be raw (`#"…"#`) and span lines (`"""`), and what is interpolated into a string is code again.
struct CodeScanner {
    private(set) var code: [[UInt8]] = [[]]
    private(set) var comments: [[UInt8]] = [[]]
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    mutating func scan() {
        scanCode(untilClosingParenthesis: false)
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    private func starts(with text: StaticString, at offset: Int = 0) -> Bool {
        let wanted = Array("\(text)".utf8)
        guard position + offset + wanted.count <= bytes.count else { return false }
        return bytes[position + offset..<position + offset + wanted.count].elementsEqual(wanted)
    }

    private mutating func newLine() {
        code.append([])
        comments.append([])
        position += 1
    }

    private mutating func keepCode() {
        code[code.count - 1].append(byte())
        position += 1
    }

    private mutating func keepComment() {
        comments[comments.count - 1].append(byte())
        position += 1
    }

    private mutating func scanCode(untilClosingParenthesis: Bool) {
        var depth = 0
        while position < bytes.count {
            if byte() == UInt8(ascii: "\n") {
                newLine()
            } else if starts(with: "//") {
                scanLineComment()
            } else if starts(with: "/*") {
                scanBlockComment()
            } else if byte() == UInt8(ascii: "\"") || isRawStringStart() {
                scanString()
            } else {
                if byte() == UInt8(ascii: "(") { depth += 1 }
                if byte() == UInt8(ascii: ")") {
                    if untilClosingParenthesis, depth == 0 { return }
                    depth -= 1
                }
                keepCode()
            }
        }
    }

    private mutating func scanLineComment() {
        while position < bytes.count, byte() != UInt8(ascii: "\n") { keepComment() }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        while position < bytes.count {
            if byte() == UInt8(ascii: "\n") {
                newLine()
                continue
            }
            if starts(with: "/*") {
                depth += 1
                keepComment()
            } else if starts(with: "*/") {
                depth -= 1
                keepComment()
                if depth == 0 {
                    keepComment()
                    return
                }
            }
            keepComment()
        }
    }

    private func isRawStringStart() -> Bool {
        guard byte() == UInt8(ascii: "#") else { return false }
        var offset = 0
        while byte(offset) == UInt8(ascii: "#") { offset += 1 }
        return byte(offset) == UInt8(ascii: "\"")
    }

    private mutating func scanString() {
        var hashes = 0
        while byte() == UInt8(ascii: "#") {
            hashes += 1
            position += 1
        }
        let quotes = starts(with: "\"\"\"") ? 3 : 1
        for _ in 0..<quotes { keepCode() }
        while position < bytes.count {
            if byte() == UInt8(ascii: "\n") {
                newLine()
                if quotes == 1 { return }
            } else if byte() == UInt8(ascii: "\\"), follows(hashes, after: 1) {
                position += 1 + hashes
                guard byte() == UInt8(ascii: "(") else {
                    if byte() == UInt8(ascii: "\n") { newLine() } else { position += 1 }
                    continue
                }
                keepCode()
                scanCode(untilClosingParenthesis: true)
                if position < bytes.count { keepCode() }
            } else if endsString(quotes: quotes, hashes: hashes) {
                for _ in 0..<quotes { keepCode() }
                position += hashes
                return
            } else {
                position += 1
            }
        }
    }

    private func follows(_ hashes: Int, after offset: Int) -> Bool {
        (0..<hashes).allSatisfy { byte(offset + $0) == UInt8(ascii: "#") }
    }

    private func endsString(quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { byte($0) == UInt8(ascii: "\"") } && follows(hashes, after: quotes)
    }
}
