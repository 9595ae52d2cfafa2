import Testing

/// The page of conformance, and that the rule which reads it is able to fail.
@Suite("Conformance page")
struct ConformanceTests {
    private static let rule = ConformanceRule(counts: ["MQTT 5.0": 251, "MQTT 3.1.1": 141])
    /// Statements that still wait for a test; falls to none.
    private static let openStatements = 0

    @Test("Every statement stands there once, and its tests are in the tree")
    func everyStatementIsShown() throws {
        let tree = SourceTree.ofThisPackage
        let page = try #require(tree.texts.first { $0.path == "docs/conformance.md" })
        let findings = Self.rule.findings(in: page, tree: tree.texts)
        let report = findings.map(\.description).joined(separator: "\n")
        #expect(findings.isEmpty, "\(report)")
        let gaps = Self.rule.gaps(in: page)
        #expect(gaps.count <= Self.openStatements, "open: \(gaps)")
    }

    @Test("What is wrong on a page is found")
    func findsWhatIsWrong() {
        let page = SourceFile(
            path: "page.md",
            text: """
                ## MQTT 5.0
                | MQTT-1-1 | both | a | `Engine/Good.test` |
                | MQTT-1-2 | both | a | `Engine/Good.missing` |
                | MQTT-1-2 | both | twice | as 5.0 1-1; `Wire/a.py:test_a`; `Case "there"` |
                | MQTT-1-3 | nobody | a | none: there is nothing to test here |
                | MQTT-1-4 | both | a | `Case "not there"`; as 5.0 9-9; perhaps; `Elsewhere/Good.test`; none: so |
                | MQTT-1-5 | both | a | gap (somebody) |
                """
        )
        let tree = [
            SourceFile(path: "Tests/BrokerEngineTests/Sub/Good.swift", text: "@Test func test() {}"),
            SourceFile(path: "Tests/Interoperation/a.py", text: "    def test_a(self):"),
            SourceFile(path: "Tests/PacketCases/Cases.swift", text: "good(\"there\")"),
        ]
        let rule = ConformanceRule(counts: ["MQTT 5.0": 7])
        let lines = rule.findings(in: page, tree: tree).map(\.line)
        #expect(lines == [1, 4, 3, 5, 6, 6, 6, 6, 6])
        #expect(rule.gaps(in: page) == ["1-5"])
    }
}
