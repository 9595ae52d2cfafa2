/// One key's part of the answer to a GETMANY or GETNEW as clients read it (extension).
package enum StateLookup: Hashable, Sendable {
    /// The key's value and version.
    case value([UInt8], StateVersion)
    /// The key still has the version that the request named.
    case unchanged
    /// There is no such key.
    case absent
}

extension StateLookup {
    /// Reads an answer.
    ///
    /// - Parameter answer: The answer to a GETMANY or GETNEW.
    /// - Returns: One for each key asked for, in their order; nil if it is no such answer.
    package static func all(_ answer: RESPValue) -> [StateLookup]? {
        guard case .array(let elements) = answer else { return nil }
        var lookups: [StateLookup] = []
        for element in elements {
            switch element {
            case .null: lookups.append(.absent)
            case .integer(0): lookups.append(.unchanged)
            case .array(let pair):
                guard pair.count == 2, case .bulk(let value) = pair[0], case .bulk(let text) = pair[1],
                    let version = StateVersion(text.span, in: 0..<text.count)
                else { return nil }
                lookups.append(.value(value, version))
            default: return nil
            }
        }
        return lookups
    }
}
