/// The table of arrows and the targets of `Package.swift` say the same.
///
/// The manifest is read as text: of each target its name and the names in its `dependencies`. Products of other packages stand there as
/// values (`nioCore`) or as `.product(…)`, and are the business of `Room.foreign`.
struct ManifestRule {
    var rooms: [Room]

    func findings(in manifest: SourceFile) -> [Finding] {
        let targets = Self.targets(in: manifest)
        var findings: [Finding] = []
        func report(_ line: Int, _ message: String) {
            findings.append(Finding(path: manifest.path, line: line, message: message))
        }
        for room in rooms {
            guard let target = targets.first(where: { $0.name == room.name }) else {
                report(1, "the room \(room.name) of the table has no target")
                continue
            }
            let names = rooms.map(\.name)
            let declared = Set(target.dependencies.filter(names.contains))
            for extra in declared.subtracting(room.arrows).sorted() {
                report(target.line, "the table has no arrow from \(room.name) to \(extra)")
            }
            for missing in Set(room.arrows).subtracting(declared).sorted() {
                report(
                    target.line,
                    "the table has an arrow from \(room.name) to \(missing) that the target does not declare"
                )
            }
        }
        return findings
    }

    private struct Target {
        var name: String
        var line: Int
        var dependencies: [String]
    }

    private static func targets(in manifest: SourceFile) -> [Target] {
        var targets: [Target] = []
        let starts = manifest.code.indices.filter { index in
            [".target(", ".executableTarget("].contains { manifest.code[index].contains($0) }
        }
        for start in starts {
            var depth = 0
            var text = ""
            var index = start
            repeat {
                text += manifest.lines[index] + "\n"
                depth += manifest.code[index].count { $0 == "(" } - manifest.code[index].count { $0 == ")" }
                index += 1
            } while depth > 0 && index < manifest.lines.count
            guard let name = strings(after: "name:", in: text).first else { continue }
            targets.append(Target(name: name, line: start + 1, dependencies: strings(after: "dependencies:", in: text)))
        }
        return targets
    }

    /// The string literals that follow the label: one, or all of a list in square brackets.
    private static func strings(after label: String, in text: String) -> [String] {
        guard let range = text.firstRange(of: label) else { return [] }
        let rest = text[range.upperBound...].drop { $0 == " " }
        let part = rest.first == "[" ? rest.prefix { $0 != "]" } : rest.prefix { $0 != "," && $0 != "\n" }
        return part.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .compactMap { $0.offset.isMultiple(of: 2) ? nil : String($0.element) }
    }
}
