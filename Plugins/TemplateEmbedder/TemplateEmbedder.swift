import Foundation

/// Writes a Swift source that holds every file of a folder: `TemplateEmbedder TEMPLATES OUTPUT`.
///
/// Runs at build time only, started by the plugin `EmbedTemplates`.
@main
struct TemplateEmbedder {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { throw EmbeddingError(message: "usage: TemplateEmbedder TEMPLATES OUTPUT") }
        let source = try source(ofTemplatesIn: arguments[1])
        try source.write(toFile: arguments[2], atomically: true, encoding: .utf8)
    }

    private static func source(ofTemplatesIn folder: String) throws -> String {
        var source = """
            /// The files of `Templates/`, by their paths in it. Written at build time by the plugin EmbedTemplates.
            enum EmbeddedTemplates {
                static let files: [(path: String, text: String)] = [

            """
        for path in try paths(under: folder) {
            guard let data = FileManager.default.contents(atPath: folder + "/" + path),
                let text = String(data: data, encoding: .utf8)
            else { throw EmbeddingError(message: "\(path) is not UTF-8 text") }
            source += "        (path: \(literal(path)), text: \(literal(text))),\n"
        }
        return source + "    ]\n}\n"
    }

    private static func paths(under folder: String) throws -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: folder) else {
            throw EmbeddingError(message: "\(folder) cannot be read")
        }
        var paths: [String] = []
        while let path = walk.nextObject() as? String {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder)
            if exists, !isFolder.boolValue { paths.append(path) }
        }
        return paths.sorted()
    }

    /// The text as a literal on one line, in which only the backslash, the quote and control characters are escaped.
    private static func literal(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": literal += "\\\\"
            case "\"": literal += "\\\""
            case "\n": literal += "\\n"
            case "\t": literal += "\\t"
            default:
                if scalar.value < 0x20 {
                    literal += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    literal.unicodeScalars.append(scalar)
                }
            }
        }
        return literal + "\""
    }
}
