/// What is committed runs on anybody's machine: no folder of one machine, and no host of a package registry.
struct MachineRule {
    // Written in halves, so that this file itself is not a finding.
    private static let folders = ["work", "root", "home", "opt"].map { "/" + $0 + "/" }
    private static let hosts = [
        "py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js.org", "deb.debian" + ".org", "crates" + ".io",
        "repo1.maven" + ".org", "proxy.golang" + ".org", "--index" + "-url", "--extra-index" + "-url",
    ]

    func findings(in files: [SourceFile]) -> [Finding] {
        files.flatMap { file in
            file.lines.enumerated().compactMap { index, line -> Finding? in
                if let host = Self.hosts.first(where: line.contains) {
                    return Finding(path: file.path, line: index + 1, message: "names the registry \(host)")
                }
                if let folder = Self.folders.first(where: { Self.names($0, in: line) }) {
                    return Finding(path: file.path, line: index + 1, message: "names the machine's folder \(folder)")
                }
                return nil
            }
        }
    }

    /// Whether the folder stands in the line as the start of a path, not as a level of a longer one.
    private static func names(_ folder: String, in line: String) -> Bool {
        line.ranges(of: folder).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !(before.isLetter || before.isNumber || "_.-+#)}$*".contains(before))
        }
    }
}
