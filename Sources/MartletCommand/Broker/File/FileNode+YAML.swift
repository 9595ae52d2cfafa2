import Yams

extension FileNode {
    /// Reads YAML.
    ///
    /// - Parameter yaml: The text.
    /// - Throws: `CommandFailure` with the line and what is wrong there.
    init(yaml: String) throws {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw CommandFailure("it can not be read as YAML: \(error)")
        }
        guard let node else {
            self.init(content: .object([]), line: nil)
            return
        }
        try self.init(node, depth: 0)
    }

    /// How deep objects and lists may lie within each other.
    private static let maximumDepth = 16

    private init(_ node: Node, depth: Int) throws {
        guard depth <= Self.maximumDepth else {
            throw CommandFailure("it is nested more than \(Self.maximumDepth) deep")
        }
        line = node.mark?.line
        switch node {
        case .mapping(let mapping):
            content = .object(
                try mapping.map { key, value in
                    guard case .scalar(let scalar) = key else { throw CommandFailure("a key is no text") }
                    return Member(
                        key: scalar.string,
                        line: key.mark?.line,
                        value: try FileNode(value, depth: depth + 1)
                    )
                }
            )
        case .sequence(let sequence): content = .list(try sequence.map { try FileNode($0, depth: depth + 1) })
        case .scalar(let scalar): content = Self.content(of: scalar)
        case .alias: throw CommandFailure("aliases are not taken")
        }
    }

    private static func content(of scalar: Node.Scalar) -> Content {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .text(text) }
        switch text {
        case "true": return .toggle(true)
        case "false": return .toggle(false)
        case "", "~", "null": return .nothing
        default: return Double(text)?.isFinite == true ? .number(text) : .text(text)
        }
    }
}
