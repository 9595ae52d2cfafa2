/// The page of conformance is whole: each statement stands there once, and whatever it names as its test is in the tree.
struct ConformanceRule {
    /// How many statements each specification has, by its heading.
    let counts: [String: Int]

    /// The folders of the tests, by what the page calls them.
    static let rooms = [
        "Engine": "BrokerEngineTests", "Packets": "MQTTPacketsTests", "Sessions": "MQTTSessionsTests",
        "Client": "MQTTClientTests", "Listeners": "BrokerListenerTests", "Access": "BrokerAccessTests",
        "Broker": "MartletBrokerTests",
    ]

    func findings(in page: SourceFile, tree: [SourceFile]) -> [Finding] {
        let statements = ConformanceStatement.all(in: page)
        var findings = countFindings(statements, page.path)
        let known = Set(statements.filter { $0.specification == "MQTT 5.0" }.map(\.number))
        for statement in statements {
            func complain(_ message: String) {
                findings.append(
                    Finding(path: page.path, line: statement.line, message: "\(statement.number) \(message)")
                )
            }
            if !["server", "client", "both"].contains(statement.binds) { complain("binds nobody") }
            if statement.evidence.isEmpty { complain("is shown by nothing") }
            for evidence in statement.evidence where !stands(evidence, known, tree) {
                complain("names what is not there: \(evidence)")
            }
        }
        return findings
    }

    /// The statements that are still open.
    func gaps(in page: SourceFile) -> [String] {
        ConformanceStatement.all(in: page).filter { $0.evidence.contains { $0.hasPrefix("gap") } }.map(\.number)
    }

    private func countFindings(_ statements: [ConformanceStatement], _ path: String) -> [Finding] {
        var findings: [Finding] = []
        for (specification, count) in counts.sorted(by: { $0.key < $1.key }) {
            let numbers = statements.filter { $0.specification == specification }
            if numbers.count != count {
                findings.append(
                    Finding(
                        path: path,
                        line: 1,
                        message: "\(specification) has \(numbers.count) statements of \(count)"
                    )
                )
            }
            var seen: Set<String> = []
            for statement in numbers where !seen.insert(statement.number).inserted {
                findings.append(
                    Finding(path: path, line: statement.line, message: "\(statement.number) stands there twice")
                )
            }
        }
        return findings
    }

    private func stands(_ evidence: String, _ known: Set<String>, _ tree: [SourceFile]) -> Bool {
        if evidence.hasPrefix("gap") { return true }
        if evidence.hasPrefix("none: ") { return evidence.count > "none: ".count + 10 }
        if evidence.hasPrefix("as 5.0 ") { return known.contains(String(evidence.dropFirst("as 5.0 ".count))) }
        guard evidence.hasPrefix("`"), evidence.hasSuffix("`"), evidence.count > 2 else { return false }
        let name = String(evidence.dropFirst().dropLast())
        if name.hasPrefix("Case ") {
            return Self.holds(tree.filter { $0.path.hasPrefix("Tests/PacketCases/") }, String(name.dropFirst(5)))
        }
        if name.hasPrefix("Wire/") {
            let parts = name.dropFirst("Wire/".count).split(separator: ":")
            guard parts.count == 2 else { return false }
            return Self.holds(tree.filter { $0.path == "Tests/Interoperation/\(parts[0])" }, "def \(parts[1])(")
        }
        guard let slash = name.firstIndex(of: "/"), let dot = name.lastIndex(of: "."),
            let folder = Self.rooms[String(name[..<slash])]
        else { return false }
        let file = "/\(name[name.index(after: slash)..<dot]).swift"
        let test = "func \(name[name.index(after: dot)...])("
        return Self.holds(tree.filter { $0.path.hasPrefix("Tests/\(folder)/") && $0.path.hasSuffix(file) }, test)
    }

    private static func holds(_ files: [SourceFile], _ text: String) -> Bool {
        files.contains { $0.lines.contains { $0.contains(text) } }
    }
}
