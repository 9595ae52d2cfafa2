import NIOCore

/// The few bytes of the state store's protocol that the demonstration speaks itself.
///
/// The worker speaks it through `StateStoreClient`; what checks the worker does not.
enum StoreWire {
    static let requestTopic = "statestore/v1/FA9AE35F-2F64-47CD-9BFF-08E2B32A0FE8/command/invoke"
    static let commitTopic = "$martlet/v1/commit"
    /// The user property that names the version of a key.
    static let versionProperty = "__ts"

    /// An array of bulk strings.
    static func command(_ words: [[UInt8]]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.count)\r\n".utf8) + word + [13, 10] }
        return bytes
    }

    /// An array of bulk strings.
    static func command(_ words: String...) -> [UInt8] { command(words.map { Array($0.utf8) }) }

    /// A request with one commit.
    static func commit(_ operations: [[UInt8]]) -> [UInt8] {
        Array("*1\r\n*\(operations.count)\r\n".utf8) + operations.joined()
    }

    /// The words of an answer: those of an array however deep, one for a bulk or simple string, none for `$-1`.
    static func words(of answer: ByteBuffer) -> [String] {
        var rest = answer
        var words: [String] = []
        while let line = readLine(&rest) {
            let number = Int(line.dropFirst()) ?? -1
            switch line.first {
            case "*": break
            case "$":
                guard number >= 0 else { break }
                guard let word = rest.readString(length: number), rest.readBytes(length: 2) != nil else { return words }
                words.append(word)
            default: words.append(line)
            }
        }
        return words
    }

    /// The bytes of the bulk string that an answer is; `nil` for `$-1` and for anything else.
    static func bulk(of answer: ByteBuffer) -> [UInt8]? {
        var rest = answer
        guard let line = readLine(&rest), line.first == "$", let count = Int(line.dropFirst()), count >= 0 else {
            return nil
        }
        return rest.readBytes(length: count)
    }

    private static func readLine(_ buffer: inout ByteBuffer) -> String? {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: 13) else { return nil }
        let line = buffer.readString(length: end - view.startIndex)
        buffer.moveReaderIndex(forwardBy: min(2, buffer.readableBytes))
        return line
    }
}
