import Yams

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A document of settings, JSON or YAML: objects within objects, and at their ends texts, numbers and truth values.
///
/// Values are kept as the text that stands there, so that a file, a variable and a flag are read by the same rules: a password of digits, or
/// one that begins with a zero, is what was written.
package enum SettingDocument: Decodable {
    /// What bounds a document.
    package enum Limits {
        /// The largest file that is read, in bytes.
        package static let bytes = 1 << 20
        /// How deep objects may lie within each other.
        package static let depth = 16
        /// How many members all objects have together, those that an alias repeats included.
        package static let members = 10_000
    }

    /// Values by their names.
    case object([String: SettingDocument])
    /// One value.
    case leaf(String)

    /// Reads a file: `.yaml` and `.yml` are YAML, any other is JSON.
    ///
    /// - Parameter path: Where the file is.
    /// - Throws: ``WorkerError`` that names the file, and the line where there is one, when it can not be read or is no object.
    package init(path: String) throws(WorkerError) {
        let text: String
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            guard bytes.count <= Limits.bytes else {
                throw WorkerError(.invalidSetting, "the file \(path) has more than \(Limits.bytes) bytes")
            }
            guard let content = String(validating: bytes, as: UTF8.self) else {
                throw WorkerError(.invalidSetting, "the file \(path) is no text in UTF-8")
            }
            text = content
        } catch let error as WorkerError {
            throw error
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw WorkerError(
                .invalidSetting,
                isThere ? "the file \(path) can not be read" : "the file \(path) can not be read: there is none",
                cause: error
            )
        }
        let isYAML = [".yaml", ".yml"].contains { path.lowercased().hasSuffix($0) }
        self = isYAML ? try Self.yaml(text, path: path) : try Self.json(text, path: path)
        guard case .object = self else {
            throw WorkerError(.invalidSetting, "the file \(path) must hold an object of settings")
        }
    }

    private static func json(_ text: String, path: String) throws(WorkerError) -> SettingDocument {
        do {
            return try JSONDecoder().decode(SettingDocument.self, from: Data(text.utf8))
        } catch {
            throw WorkerError(.invalidSetting, "the file \(path) can not be read as JSON", cause: error)
        }
    }

    private static func yaml(_ text: String, path: String) throws(WorkerError) -> SettingDocument {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw WorkerError(.invalidSetting, "the file \(path) can not be read as YAML", cause: error)
        }
        var members = 0
        return try node.map { (node) throws(WorkerError) in
            try document(node, at: path, depth: 0, members: &members)
        } ?? .object([:])
    }

    private static func document(
        _ node: Node,
        at place: String,
        depth: Int,
        members: inout Int
    ) throws(WorkerError) -> SettingDocument {
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            guard !isPlain || !["", "~", "null"].contains(scalar.string) else {
                throw WorkerError(.invalidSetting, "\(place) has no value")
            }
            return .leaf(scalar.string)
        case .mapping(let mapping):
            guard depth < Limits.depth else {
                throw WorkerError(.invalidSetting, "\(place) lies more than \(Limits.depth) deep")
            }
            var object: [String: SettingDocument] = [:]
            for (name, value) in mapping {
                members += 1
                guard members <= Limits.members, let name = name.scalar?.string else {
                    throw WorkerError(.invalidSetting, "\(place) has too many members, or one whose name is no text")
                }
                let inner = depth == 0 ? "\(name) in \(place)" : "\(name) of \(place)"
                object[name] = try document(value, at: inner, depth: depth + 1, members: &members)
            }
            return .object(object)
        case .sequence, .alias: throw WorkerError(.invalidSetting, "\(place) is a list, and no setting is one")
        }
    }

    /// Reads a document.
    ///
    /// - Parameter decoder: Of JSON or YAML.
    /// - Throws: What the decoder throws; a list is an error.
    package init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Name.self) {
            var members: [String: SettingDocument] = [:]
            for name in object.allKeys {
                members[name.stringValue] = try object.decode(SettingDocument.self, forKey: name)
            }
            self = .object(members)
            return
        }
        let value = try decoder.singleValueContainer()
        if let toggle = try? value.decode(Bool.self) {
            self = .leaf(String(toggle))
        } else if let integer = try? value.decode(Int.self) {
            self = .leaf(String(integer))
        } else if let number = try? value.decode(Double.self) {
            self = .leaf(String(number))
        } else {
            self = .leaf(try value.decode(String.self))
        }
    }

    /// The name of a member, whatever it is.
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
