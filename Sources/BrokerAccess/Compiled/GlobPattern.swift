/// Names with stars in them, ready to be compared.
struct GlobPattern: Sendable, Hashable {
    /// What stands between the stars.
    private let parts: [[UInt8]]

    /// - Parameter parts: What stands between the stars, at least one.
    init(_ parts: [[UInt8]]) {
        self.parts = parts
    }

    /// The name, where there is no star in it.
    var name: [UInt8]? { parts.count == 1 ? parts[0] : nil }

    /// Whether the pattern is for a name.
    func matches(_ text: String) -> Bool {
        matches(Array(text.utf8).span)
    }

    /// Whether the pattern is for a name.
    ///
    /// Each part is looked for as far to the left as it can be: where any placing of the parts works, that one does.
    func matches(_ bytes: Span<UInt8>) -> Bool {
        let last = parts.count - 1
        guard Self.stands(parts[0], in: bytes, at: 0) else { return false }
        if last == 0 { return bytes.count == parts[0].count }
        let end = bytes.count - parts[last].count
        var position = parts[0].count
        guard end >= position, Self.stands(parts[last], in: bytes, at: end) else { return false }
        var index = 1
        while index < last {
            while true {
                if position + parts[index].count > end { return false }
                if Self.stands(parts[index], in: bytes, at: position) { break }
                position += 1
            }
            position += parts[index].count
            index += 1
        }
        return true
    }

    private static func stands(_ part: [UInt8], in bytes: Span<UInt8>, at start: Int) -> Bool {
        guard start >= 0, start + part.count <= bytes.count else { return false }
        for index in part.indices where bytes[start + index] != part[index] { return false }
        return true
    }
}
