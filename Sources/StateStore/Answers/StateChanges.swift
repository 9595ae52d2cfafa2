/// Which keys below a watched prefix changed (extension): the payload of `$martlet/v1/changed`.
package struct StateChanges: Hashable, Sendable {
    /// The keys, in the order of their change.
    package var entries: [Entry]

    /// Makes a list of changes.
    ///
    /// - Parameter entries: The keys, in the order of their change.
    package init(entries: [Entry] = []) {
        self.entries = entries
    }

    /// Appends the head of a payload; the entries follow.
    ///
    /// - Parameters:
    ///   - count: How many entries follow.
    ///   - out: The payload.
    package static func appendHeader(count: Int, to out: inout [UInt8]) {
        StateAnswer.append(arrayOf: count, to: &out)
    }

    /// Appends an entry.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - version: Its version; nil says that it was removed.
    ///   - out: The payload.
    package static func append(key: Span<UInt8>, version: StateVersion?, to out: inout [UInt8]) {
        StateAnswer.append(arrayOf: 2, to: &out)
        StateAnswer.append(bulk: key, to: &out)
        StateAnswer.append(orNone: version, to: &out)
    }

    /// Reads a payload.
    ///
    /// - Parameter payload: The payload.
    /// - Returns: Nil if it is no list of changes.
    package static func parse(_ payload: Span<UInt8>) -> StateChanges? {
        guard case .array(let elements) = try? RESPValue.parse(payload) else { return nil }
        var changes = StateChanges()
        for element in elements {
            guard case .array(let pair) = element, pair.count == 2, case .bulk(let key) = pair[0],
                case .bulk(let text) = pair[1]
            else { return nil }
            let isRemoved = text == [UInt8(ascii: "-")]
            let version = isRemoved ? nil : StateVersion(text.span, in: 0..<text.count)
            guard isRemoved || version != nil else { return nil }
            changes.entries.append(Entry(key: key, version: version))
        }
        return changes
    }
}

extension StateChanges {
    /// A key that changed.
    package struct Entry: Hashable, Sendable {
        /// The key.
        package var key: [UInt8]
        /// Its version; nil if it was removed.
        package var version: StateVersion?

        /// Makes an entry.
        ///
        /// - Parameters:
        ///   - key: The key.
        ///   - version: Its version; nil if it was removed.
        package init(key: [UInt8], version: StateVersion?) {
            self.key = key
            self.version = version
        }
    }
}

extension StateAnswer {
    /// Appends a version as a bulk string, `-` for none.
    static func append(orNone version: StateVersion?, to out: inout [UInt8]) {
        if let version { append(version, to: &out) } else { append(text: "-", to: &out) }
    }
}
