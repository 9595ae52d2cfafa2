/// The topics by which a client talks with the state store, which no rule needs to name.
///
/// They are the state store's (`StateStore.requestTopic` and the names beside it); a test holds them together.
package enum ServiceTopic {
    /// Where requests to the state store go.
    package static let request = "statestore/v1/FA9AE35F-2F64-47CD-9BFF-08E2B32A0FE8/command/invoke"
    /// Where commits go.
    package static let commit = "$martlet/v1/commit"
    /// What the topics of the state store's notices begin with.
    package static let notices = "clients/statestore/v1/FA9AE35F-2F64-47CD-9BFF-08E2B32A0FE8"

    private static let requestBytes = Array(request.utf8)
    private static let commitBytes = Array(commit.utf8)
    private static let noticesPrefix = Array("\(notices)/".utf8)
    private static let noticesSuffix = Array("/command/notify".utf8)
    private static let clientsPrefix = Array("clients/".utf8)
    private static let answerSuffix = Array("/services/\(request)/response".utf8)
    private static let upperHex = Array("0123456789ABCDEF".utf8)

    /// Whether a message to the topic is a request to the state store, or a commit.
    static func isRequest(_ topic: Span<UInt8>) -> Bool {
        topic.count == requestBytes.count && starts(topic, with: requestBytes)
            || topic.count == commitBytes.count && starts(topic, with: commitBytes)
    }

    /// Whether the state store sends its notices there.
    static func isNotice(_ topic: Span<UInt8>) -> Bool {
        starts(topic, with: noticesPrefix)
    }

    /// Whether the topic is the one that a client chooses for its answers: `clients/CLIENT/services/REQUEST/response`.
    ///
    /// In the client identifier `+`, `#` and `%` are written as `%2B`, `%23` and `%25`: a topic holds no wildcard.
    static func isAnswer(_ topic: Span<UInt8>, to client: [UInt8]) -> Bool {
        let end = topic.count - answerSuffix.count
        guard end > clientsPrefix.count, starts(topic, with: clientsPrefix) else { return false }
        for index in answerSuffix.indices where topic[end + index] != answerSuffix[index] { return false }
        var position = clientsPrefix.count
        for byte in client {
            let isEscaped = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "%")
            guard position + (isEscaped ? 3 : 1) <= end else { return false }
            guard isEscaped else {
                if topic[position] != byte { return false }
                position += 1
                continue
            }
            guard topic[position] == UInt8(ascii: "%"), isHex(topic, byte, at: position + 1) else { return false }
            position += 3
        }
        return position == end
    }

    /// Whether the filter is for the notices to a client alone: `NOTICES/HEX/command/notify/KEY`, or `NOTICES/CLIENT/command/notify`.
    static func isNotices(_ filter: Span<UInt8>, to client: [UInt8]) -> Bool {
        guard starts(filter, with: noticesPrefix) else { return false }
        let start = noticesPrefix.count
        var position = start
        for byte in client {
            guard position + 2 <= filter.count, isHex(filter, byte, at: position) else { break }
            position += 2
        }
        if position == start + 2 * client.count, stands(noticesSuffix, in: filter, at: position) {
            position += noticesSuffix.count
            guard position + 1 < filter.count, filter[position] == UInt8(ascii: "/") else { return false }
            // One level, a key in hexadecimal or `+`; no `#`, and nothing below it.
            for index in (position + 1)..<filter.count
            where filter[index] == UInt8(ascii: "/") || filter[index] == UInt8(ascii: "#") { return false }
            return true
        }
        guard !client.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) else { return false }
        return filter.count == start + client.count + noticesSuffix.count && stands(client, in: filter, at: start)
            && stands(noticesSuffix, in: filter, at: start + client.count)
    }

    /// Whether the bytes begin with others.
    static func starts(_ bytes: Span<UInt8>, with prefix: [UInt8]) -> Bool {
        stands(prefix, in: bytes, at: 0)
    }

    private static func stands(_ part: [UInt8], in bytes: Span<UInt8>, at start: Int) -> Bool {
        guard start + part.count <= bytes.count else { return false }
        for index in part.indices where bytes[start + index] != part[index] { return false }
        return true
    }

    private static func isHex(_ bytes: Span<UInt8>, _ byte: UInt8, at position: Int) -> Bool {
        bytes[position] == upperHex[Int(byte >> 4)] && bytes[position + 1] == upperHex[Int(byte & 0x0F)]
    }
}
