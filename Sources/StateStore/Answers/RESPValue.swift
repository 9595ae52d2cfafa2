/// An answer as clients read it.
package enum RESPValue: Hashable, Sendable {
    /// `+text`.
    case simple([UInt8])
    /// `-text`: the text as it stands, with its `ERR`.
    case error(String)
    /// `:n`.
    case integer(Int64)
    /// `$n` and bytes.
    case bulk([UInt8])
    /// `$-1`.
    case null
    /// `*n` and elements.
    case array([RESPValue])
}

extension RESPValue {
    /// How deep arrays may lie in each other.
    package static let maximumDepth = 8

    /// Reads one value, which must be all of the payload.
    ///
    /// - Parameter payload: The payload.
    /// - Returns: The value.
    /// - Throws: ``StateError/syntax`` for anything else, and for arrays that lie too deep in each other.
    package static func parse(_ payload: Span<UInt8>) throws(StateError) -> RESPValue {
        var reader = RESPReader(0..<payload.count)
        let value = try read(payload, &reader, depth: 0)
        guard reader.isAtEnd else { throw .syntax }
        return value
    }

    /// The state store's error that this is, if it is one that we know.
    package var stateError: StateError? {
        guard case .error(let text) = self, text.hasPrefix("ERR ") else { return nil }
        return StateError(rawValue: String(text.dropFirst(4)))
    }

    private static func read(
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        depth: Int
    ) throws(StateError) -> RESPValue {
        guard !reader.isAtEnd, depth <= maximumDepth else { throw .syntax }
        switch bytes[reader.position] {
        case UInt8(ascii: "+"): return .simple(Array(span: bytes.extracting(try reader.line(bytes))))
        case UInt8(ascii: "-"):
            let line = Array(span: bytes.extracting(try reader.line(bytes)))
            guard let text = String(validating: line, as: UTF8.self) else { throw .syntax }
            return .error(text)
        case UInt8(ascii: ":"): return .integer(try reader.integer(bytes))
        case UInt8(ascii: "$"):
            if try reader.skipNull(bytes) { return .null }
            return .bulk(Array(span: bytes.extracting(try reader.bulk(bytes))))
        case UInt8(ascii: "*"):
            let count = try reader.array(bytes)
            var elements: [RESPValue] = []
            elements.reserveCapacity(count)
            for _ in 0..<count { elements.append(try read(bytes, &reader, depth: depth + 1)) }
            return .array(elements)
        default: throw .syntax
        }
    }
}
