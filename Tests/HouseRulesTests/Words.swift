extension String {
    /// Whether `text` stands in the string with no letter, digit or underscore right before or after it.
    func contains(word text: String) -> Bool {
        let wanted = Array(text.utf8)
        let bytes = Array(utf8)
        guard let first = wanted.first, let last = wanted.last, bytes.count >= wanted.count else { return false }
        for start in 0...(bytes.count - wanted.count)
        where bytes[start] == first && bytes[start..<start + wanted.count].elementsEqual(wanted) {
            let end = start + wanted.count
            let openBefore = !first.isPartOfWord || start == 0 || !bytes[start - 1].isPartOfWord
            let openAfter = !last.isPartOfWord || end == bytes.count || !bytes[end].isPartOfWord
            if openBefore && openAfter { return true }
        }
        return false
    }

    /// The words of the string: runs of letters, digits and underscores.
    var words: [String] {
        utf8.split { !$0.isPartOfWord }.compactMap { String($0) }
    }
}

extension UInt8 {
    /// Whether the byte may stand in a Swift identifier (every byte beyond ASCII counts as one that may).
    var isPartOfWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default:
            false
        }
    }
}
