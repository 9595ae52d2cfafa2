/// The keys of one object in a configuration file: the one table from which it is read and from which its schema is made.
struct FileSection<Target> {
    /// One key.
    struct Key {
        var name: String
        var summary: String
        var isRequired: Bool
        var schema: JSONSchema
        var read: (FileNode, inout Target, inout FileReader) -> Void
    }

    var keys: [Key] = []
    /// Whether there must be one key, and no second one.
    var isUnion = false

    /// A key of a value that is always there.
    mutating func key<Value>(
        _ name: String,
        _ summary: String,
        _ value: FileValue<Value>,
        _ path: WritableKeyPath<Target, Value>,
        isRequired: Bool = false
    ) {
        key(name, summary, value, isRequired: isRequired) { $0[keyPath: path] = $1 }
    }

    /// A key of a value that may be missing.
    mutating func key<Value>(
        _ name: String,
        _ summary: String,
        _ value: FileValue<Value>,
        _ path: WritableKeyPath<Target, Value?>,
        isRequired: Bool = false
    ) {
        key(name, summary, value, isRequired: isRequired) { $0[keyPath: path] = $1 }
    }

    /// A key with what it does.
    mutating func key<Value>(
        _ name: String,
        _ summary: String,
        _ value: FileValue<Value>,
        isRequired: Bool = false,
        _ set: @escaping (inout Target, Value) -> Void
    ) {
        let key = Key(name: name, summary: summary, isRequired: isRequired, schema: value.schema) {
            node,
            target,
            reader in
            if let value = value.read(node, &reader) { set(&target, value) }
        }
        keys.append(key)
    }

    /// What the schema says of the object.
    var schema: JSONSchema {
        .object(
            keys.map {
                JSONSchema.Property(name: $0.name, summary: $0.summary, isRequired: $0.isRequired, schema: $0.schema)
            },
            isUnion: isUnion
        )
    }

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - node: The object.
    ///   - initial: What holds where a key is missing.
    ///   - reader: Told what is wrong.
    /// - Returns: What was read; nil when it is no object or lacks a key that must be there.
    func read(_ node: FileNode, into initial: Target, _ reader: inout FileReader) -> Target? {
        let members: [FileNode.Member]
        switch node.content {
        case .object(let found): members = found
        default:
            reader.demand(node, "an object")
            return nil
        }
        var target = initial
        for member in members {
            guard let key = keys.first(where: { $0.name == member.key }) else {
                let name = reader.name(of: member.key)
                reader.report(
                    member.line,
                    CommandFailure.unknown("'\(name)'", member.key, among: keys.map(\.name))
                )
                continue
            }
            reader.enter(key.name) { key.read(member.value, &target, &$0) }
        }
        let missing = keys.filter { key in key.isRequired && !members.contains { $0.key == key.name } }
        for key in missing { reader.report(node.line, "'\(reader.name(of: key.name))' is missing: \(key.summary)") }
        if isUnion, members.count != 1 {
            reader.demand(node, "one of \(keys.map(\.name).joined(separator: ", "))")
            return nil
        }
        return missing.isEmpty ? target : nil
    }
}
