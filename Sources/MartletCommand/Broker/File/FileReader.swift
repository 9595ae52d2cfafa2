import Foundation

/// Reads a configuration file by its table, and gathers everything that is wrong with it.
struct FileReader {
    /// The largest file that is read, in bytes.
    static let maximumBytes = 1 << 20

    /// The file, as its path was given.
    let path: String
    /// What is wrong, each in a sentence that names file, line and key.
    private(set) var problems: [String] = []
    /// Where the reader is: `listeners[0].tls`.
    private var place = ""

    init(path: String) {
        self.path = path
    }

    /// Reads the whole file: `.yaml` and `.yml` are YAML, any other is JSON.
    ///
    /// - Throws: `CommandFailure` that names the file when it can not be read at all.
    func document() throws -> FileNode {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path) can not be read")
        }
        guard bytes.count <= Self.maximumBytes else {
            throw CommandFailure("\(path) has more than \(Self.maximumBytes) bytes")
        }
        do {
            let isYAML = [".yaml", ".yml"].contains { path.lowercased().hasSuffix($0) }
            return try isYAML ? FileNode(yaml: String(decoding: bytes, as: UTF8.self)) : FileNode(json: bytes)
        } catch let failure as CommandFailure {
            throw CommandFailure("\(path): \(failure.message)")
        }
    }

    /// Notes that something is wrong.
    ///
    /// - Parameters:
    ///   - line: Where.
    ///   - message: What, without the place.
    mutating func report(_ line: Int?, _ message: String) {
        problems.append("\(path):\(line.map { "\($0):" } ?? "") \(message)")
    }

    /// Notes that the value at the present place is of another kind.
    mutating func demand(_ node: FileNode, _ what: String) {
        report(node.line, "'\(place)' is \(what)")
    }

    /// The key at the present place, whole.
    func name(of key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    /// Reads what lies below a key or an index.
    mutating func enter<Result>(_ step: String, _ body: (inout FileReader) -> Result) -> Result {
        let before = place
        place = step.hasPrefix("[") ? place + step : name(of: step)
        defer { place = before }
        return body(&self)
    }
}
