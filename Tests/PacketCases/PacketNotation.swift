/// A way to write bytes that a reader can hold against the specification.
///
/// Words between spaces: `3C` is a byte; `'abc'` is text as it is; `s'abc'` is text with its two bytes of length; `[` … `]`
/// is what stands between them with its length as a variable byte integer; `(` … `)` with its length in two bytes; `WORD*9`
/// is a word nine times. Text holds no space; write `20`.
package enum PacketNotation {
    /// The bytes of a notation; stops the program if it is not one, which only a wrong table can bring about.
    ///
    /// - Parameter notation: What is written.
    /// - Returns: What it means.
    package static func bytes(_ notation: String) -> [UInt8] {
        var stack: [[UInt8]] = [[]]
        for word in notation.split(separator: " ") {
            switch word {
            case "[", "(":
                stack.append([])
            case "]":
                let content = stack.removeLast()
                stack[stack.count - 1] += variable(content.count) + content
            case ")":
                let content = stack.removeLast()
                stack[stack.count - 1] += length(content.count) + content
            default:
                stack[stack.count - 1] += bytes(word: word)
            }
        }
        precondition(stack.count == 1, "an open bracket in: \(notation)")
        return stack[0]
    }

    private static func bytes(word: Substring) -> [UInt8] {
        if let star = word.lastIndex(of: "*"), let times = Int(word[word.index(after: star)...]) {
            return [[UInt8]](repeating: bytes(word: word[..<star]), count: times).flatMap { $0 }
        }
        if word.hasPrefix("'"), word.hasSuffix("'") { return Array(word.dropFirst().dropLast().utf8) }
        if word.hasPrefix("s'"), word.hasSuffix("'") {
            let text = Array(word.dropFirst(2).dropLast().utf8)
            return length(text.count) + text
        }
        guard word.utf8.count == 2, let byte = UInt8(word, radix: 16) else { preconditionFailure("no word: \(word)") }
        return [byte]
    }

    private static func length(_ count: Int) -> [UInt8] {
        precondition(count <= 65_535, "too long for two bytes")
        return [UInt8(count >> 8), UInt8(count & 0xFF)]
    }

    private static func variable(_ count: Int) -> [UInt8] {
        var rest = count
        var bytes: [UInt8] = []
        repeat {
            bytes.append(UInt8(rest % 128) + (rest >= 128 ? 128 : 0))
            rest /= 128
        } while rest > 0
        precondition(bytes.count <= 4, "too long for a variable byte integer")
        return bytes
    }
}
