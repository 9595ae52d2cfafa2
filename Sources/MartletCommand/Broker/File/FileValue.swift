import Martlet

/// A kind of value in a configuration file: how it is read, and what the schema says of it.
struct FileValue<Value> {
    /// What the schema says of it.
    var schema: JSONSchema
    /// Reads it, or notes what is wrong and gives nil.
    var read: (FileNode, inout FileReader) -> Value?

    /// The same, as another type.
    func map<Other>(_ transform: @escaping (Value) -> Other) -> FileValue<Other> {
        FileValue<Other>(schema: schema) { [read] node, reader in read(node, &reader).map(transform) }
    }
}

extension FileValue where Value == String {
    /// Any text but an empty one.
    static var text: FileValue {
        FileValue(schema: .text()) { node, reader in
            if case .text(let text) = node.content, !text.isEmpty { return text }
            reader.demand(node, "a text (put in quotes what could be read as something else)")
            return nil
        }
    }
}

extension FileValue where Value == Bool {
    /// True or false.
    static var toggle: FileValue {
        FileValue(schema: .toggle) { node, reader in
            if case .toggle(let toggle) = node.content { return toggle }
            reader.demand(node, "true or false")
            return nil
        }
    }
}

extension FileValue where Value == Int {
    /// A whole number.
    static func integer(_ range: ClosedRange<Int>) -> FileValue {
        FileValue(schema: .integer(range)) { node, reader in
            if case .number(let text) = node.content, let number = Int(text), range.contains(number) { return number }
            let most =
                range.upperBound == .max
                ? "above \(range.lowerBound - 1)" : "from \(range.lowerBound) to \(range.upperBound)"
            reader.demand(node, "a number \(most)")
            return nil
        }
    }
}

extension FileValue where Value == Duration {
    /// A time with its unit.
    static var duration: FileValue {
        FileValue(schema: .text(pattern: "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$")) { node, reader in
            if case .text(let text) = node.content, let unit = text.last, unit.isLetter,
                let time = Duration(setting: text)
            {
                return time
            }
            reader.demand(node, "a time such as 500ms, 30s, 5m, 1h or 1d")
            return nil
        }
    }
}

extension FileValue where Value == UInt16 {
    /// The permissions of a file, as octal digits in quotes.
    static var mode: FileValue {
        FileValue(schema: .text(pattern: "^0?[0-7]{3}$")) { node, reader in
            if case .text(let text) = node.content, (3...4).contains(text.count), let mode = UInt16(text, radix: 8),
                mode <= 0o777
            {
                return mode
            }
            reader.demand(node, "octal digits in quotes, such as \"0660\"")
            return nil
        }
    }
}

extension FileValue where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of some words.
    static var choice: FileValue {
        let words = Value.allCases.map(\.rawValue)
        return FileValue(schema: .choice(words)) { node, reader in
            if case .text(let text) = node.content, let value = Value(rawValue: text) { return value }
            // A version such as 1.2 is a number to YAML.
            if case .number(let text) = node.content, words.allSatisfy({ Double($0) != nil }),
                let value = Value(rawValue: text)
            {
                return value
            }
            reader.demand(node, "one of \(words.joined(separator: ", "))")
            return nil
        }
    }
}

extension FileValue {
    /// A list of values.
    static func list<Element>(_ element: FileValue<Element>) -> FileValue where Value == [Element] {
        FileValue(schema: .list(element.schema)) { node, reader in
            guard case .list(let nodes) = node.content else {
                reader.demand(node, "a list")
                return nil
            }
            return nodes.enumerated().compactMap { index, node in
                reader.enter("[\(index)]") { element.read(node, &$0) }
            }
        }
    }

    /// Values by names that are free.
    static func named<Element>(_ element: FileValue<Element>) -> FileValue where Value == [String: Element] {
        FileValue(schema: .named(element.schema)) { node, reader in
            guard case .object(let members) = node.content else {
                reader.demand(node, "an object")
                return nil
            }
            var values: [String: Element] = [:]
            for member in members {
                values[member.key] = reader.enter(member.key) { element.read(member.value, &$0) }
            }
            return values
        }
    }

    /// An object of the keys of a section.
    static func section(_ section: FileSection<Value>, _ initial: @escaping () -> Value) -> FileValue {
        FileValue(schema: section.schema) { node, reader in section.read(node, into: initial(), &reader) }
    }
}
