/// What a client that watches a key is told (state store §1.7).
package enum StateNotification: Hashable, Sendable {
    /// The key has this value now.
    case set([UInt8])
    /// The key was removed, or its time was over.
    case delete
}

extension StateNotification {
    /// Appends the payload that tells of a new value.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - out: The payload.
    package static func append(set value: Span<UInt8>, to out: inout [UInt8]) {
        out.append(contentsOf: "*4\r\n$6\r\nNOTIFY\r\n$3\r\nSET\r\n$5\r\nVALUE\r\n".utf8)
        StateAnswer.append(bulk: value, to: &out)
    }

    /// Appends the payload that tells of a removal.
    ///
    /// - Parameter out: The payload.
    package static func appendDelete(to out: inout [UInt8]) {
        out.append(contentsOf: "*2\r\n$6\r\nNOTIFY\r\n$6\r\nDELETE\r\n".utf8)
    }

    /// Reads a notification.
    ///
    /// - Parameter payload: The payload; what the documentation calls `DEL` is taken for `DELETE`.
    /// - Returns: Nil if it is none.
    package static func parse(_ payload: Span<UInt8>) -> StateNotification? {
        guard case .array(let elements) = try? RESPValue.parse(payload), elements.count >= 2,
            elements[0] == .bulk(Array("NOTIFY".utf8))
        else { return nil }
        let isRemoval = elements[1] == .bulk(Array("DELETE".utf8)) || elements[1] == .bulk(Array("DEL".utf8))
        if elements.count == 2, isRemoval { return .delete }
        guard elements.count == 4, elements[1] == .bulk(Array("SET".utf8)),
            elements[2] == .bulk(Array("VALUE".utf8)), case .bulk(let value) = elements[3]
        else { return nil }
        return .set(value)
    }

    /// Appends the topic on which a client is told of a key.
    ///
    /// - Parameters:
    ///   - client: The client's identifier.
    ///   - key: The key.
    ///   - out: What it is appended to.
    package static func appendTopic(client: Span<UInt8>, key: Span<UInt8>, to out: inout [UInt8]) {
        out.append(contentsOf: StateStore.reservedPrefix.utf8)
        out.append(UInt8(ascii: "/"))
        appendHex(client, to: &out)
        out.append(contentsOf: "/command/notify/".utf8)
        appendHex(key, to: &out)
    }

    /// The key of a topic on which a client is told of it.
    ///
    /// - Parameters:
    ///   - topic: The topic.
    ///   - client: The client's identifier.
    /// - Returns: Nil if it is no such topic of this client.
    package static func key(ofTopic topic: Span<UInt8>, client: Span<UInt8>) -> [UInt8]? {
        var prefix: [UInt8] = []
        appendTopic(client: client, key: [UInt8]().span, to: &prefix)
        guard topic.count > prefix.count, (topic.count - prefix.count) % 2 == 0 else { return nil }
        for position in prefix.indices where topic[position] != prefix[position] { return nil }
        var key: [UInt8] = []
        for position in stride(from: prefix.count, to: topic.count, by: 2) {
            guard let high = digit(topic[position]), let low = digit(topic[position + 1]) else { return nil }
            key.append(high << 4 | low)
        }
        return key
    }

    /// Appends the properties of a notification's PUBLISH, without the length of the section: content type and `__ts`.
    ///
    /// - Parameters:
    ///   - version: The version of the change.
    ///   - out: The section.
    package static func appendProperties(version: StateVersion, to out: inout [UInt8]) {
        out.append(contentsOf: StateAnswer.head)
        StateAnswer.append(timestamp: version, to: &out)
    }

    private static func appendHex(_ bytes: Span<UInt8>, to out: inout [UInt8]) {
        for position in bytes.indices {
            out.append(letter(bytes[position] >> 4))
            out.append(letter(bytes[position] & 0x0F))
        }
    }

    private static func letter(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
    }

    private static func digit(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): letter - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): letter - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
