import Foundation

/// The texts of the package, read from the folder that this file lies in.
struct SourceTree {
    /// The Swift files of the rooms and of the samples.
    let sources: [SourceFile]
    /// The Swift files of the tests, benchmarks and fuzzers.
    let tests: [SourceFile]
    /// Everything that a person wrote, whatever its language.
    let texts: [SourceFile]

    /// The tree that this test was built from.
    static let ofThisPackage = SourceTree(root: rootOfThisPackage)

    private static var rootOfThisPackage: String {
        // #filePath is …/Tests/HouseRulesTests/SourceTree.swift.
        var parts = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }

    private static let textEndings = [
        ".swift", ".md", ".sh", ".py", ".c", ".h", ".yml", ".yaml", ".json", ".mustache", ".txt", "Makefile", "/run",
        ".toml",
        ".conf",
    ]

    init(root: String) {
        var texts: [SourceFile] = []
        for path in Self.paths(under: root) where Self.textEndings.contains(where: ("/" + path).hasSuffix) {
            guard let data = FileManager.default.contents(atPath: root + "/" + path) else { continue }
            texts.append(SourceFile(path: path, text: String(decoding: data, as: UTF8.self)))
        }
        self.texts = texts
        let swift = texts.filter { $0.path.hasSuffix(".swift") && $0.path != "Package.swift" }
        self.sources = swift.filter { $0.path.hasPrefix("Sources/") || $0.path.hasPrefix("Samples/") }
        self.tests = swift.filter { file in
            ["Tests/", "Benchmarks/", "Fuzz/"].contains { file.path.hasPrefix($0) }
                && !file.path.hasSuffix("/Package.swift")
        }
    }

    /// The files that git would commit: no build folders, whatever their names.
    private static func paths(under root: String) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: root) else { return [] }
        var paths: [String] = []
        while let path = walk.nextObject() as? String {
            let name = path.split(separator: "/").last ?? ""
            if name.hasPrefix(".build") || [".git", ".cache", "results", "__pycache__"].contains(name) {
                walk.skipDescendants()
            } else {
                paths.append(path)
            }
        }
        return paths.sorted()
    }
}
