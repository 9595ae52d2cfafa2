import Yams

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A document of settings, JSON or YAML: objects within objects, and at their ends texts, numbers and truth values.
///
/// Values are kept as text, so that a file, a variable and a flag are read by the same rules.
package enum SettingDocument: Decodable {
    /// What bounds a document.
    package enum Limits {
        /// The largest file that is read, in bytes.
        package static let bytes = 1 << 20
    }

    /// Values by their names.
    case object([String: SettingDocument])
    /// One value.
    case leaf(String)

    /// Reads a file: `.yaml` and `.yml` are YAML, any other is JSON.
    ///
    /// - Parameter path: Where the file is.
    /// - Throws: ``WorkerError`` that names the file when it can not be read as that, or is no object.
    package init(path: String) throws(WorkerError) {
        let isYAML = [".yaml", ".yml"].contains { path.lowercased().hasSuffix($0) }
        let format = isYAML ? "YAML" : "JSON"
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            guard bytes.count <= Limits.bytes else {
                throw WorkerError(.invalidSetting, "the file \(path) has more than \(Limits.bytes) bytes")
            }
            self =
                try isYAML
                ? YAMLDecoder().decode(SettingDocument.self, from: bytes)
                : JSONDecoder().decode(SettingDocument.self, from: bytes)
        } catch let error as WorkerError {
            throw error
        } catch {
            throw WorkerError(.invalidSetting, "the file \(path) can not be read as \(format)", cause: error)
        }
        guard case .object = self else {
            throw WorkerError(.invalidSetting, "the file \(path) must hold an object of settings")
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
