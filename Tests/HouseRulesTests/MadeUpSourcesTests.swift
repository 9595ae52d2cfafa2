import Testing

/// Proves on made-up sources that each rule can fail, and that it spares what it should.
@Suite("House rules can fail")
struct MadeUpSourcesTests {
    private func file(_ path: String, _ text: String) -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(
        "An import that is no arrow is found, in every way to write it",
        arguments: [
            "import MQTTClient", "public import MQTTClient", "package import struct MQTTClient.MQTTMessage",
            "@testable import MQTTClient", "import Foundation", "  import NIOPosix", "@_exported import Dispatch",
            "import class Foundation.Thread",
        ]
    )
    func wrongImport(line: String) {
        let engine = file("Sources/BrokerEngine/BrokerEngine.swift", "import MQTTPackets\n\(line)\n")
        let findings = ImportRule(rooms: Room.all).findings(in: [engine])
        #expect(findings.map(\.line) == [2])
    }

    @Test("Arrows, words in comments and imports in strings are spared")
    func rightImports() {
        let text = #"""
            import Journal
            package import MQTTPackets
            // import Foundation
            let text = """
            import Foundation
            """
            """#
        let engine = file("Sources/BrokerEngine/BrokerEngine.swift", text)
        #expect(ImportRule(rooms: Room.all).findings(in: [engine]).isEmpty)
    }

    @Test("A target that leaves the table is found, both ways")
    func manifest() {
        let rooms = [Room(name: "A", arrows: ["B"], foreign: []), Room(name: "B", arrows: [], foreign: [])]
        func findings(_ a: String, _ b: String) -> Int {
            let text = """
                .target(name: "A", dependencies: [\(a)], swiftSettings: s),
                .target(
                    name: "B",
                    dependencies: [
                        \(b)
                    ]
                ),
                """
            return ManifestRule(rooms: rooms).findings(in: file("Package.swift", text)).count
        }
        #expect(findings("\"B\", nio", "") == 0)
        #expect(findings("nio", "") == 1)
        #expect(findings("\"B\"", "\"A\"") == 1)
        #expect(ManifestRule(rooms: rooms).findings(in: file("Package.swift", "")).count == 2)
    }

    @Test("A room without a door-keeper and a folder that is no room are found")
    func doorKeeper() {
        let rooms = [Room(name: "A", arrows: [], foreign: [])]
        let rule = DoorKeeperRule(rooms: rooms)
        #expect(rule.findings(in: [file("Sources/A/A.swift", "")]).isEmpty)
        #expect(rule.findings(in: [file("Sources/A/Other.swift", "")]).count == 1)
        #expect(rule.findings(in: [file("Sources/A/Inner/A.swift", "")]).count == 1)
        #expect(rule.findings(in: [file("Sources/A/A.swift", ""), file("Sources/B/B.swift", "")]).count == 1)
    }

    @Test(
        "Clocks, randomness, tasks and locks are found in pure rooms",
        arguments: [
            "let t = ContinuousClock.now", "let t = Date()", "let x = Int.random(in: 0..<3)", "let u = UUID()",
            "Task { }",
            "let m = Mutex(0)", "func f() async {", "actor A {", "let a = Atomic(0)", "\"\\(Date())\"",
            "let e = getenv(name)",
        ]
    )
    func impure(line: String) {
        let rule = PurityRule(rooms: Room.all)
        #expect(rule.findings(in: [file("Sources/BrokerEngine/Turn/Turn.swift", line)]).count == 1)
        #expect(rule.findings(in: [file("Sources/Journal/Format/PageWriter.swift", line)]).count == 1)
        #expect(rule.findings(in: [file("Sources/Journal/InMemoryJournal.swift", line)]).isEmpty)
        #expect(rule.findings(in: [file("Sources/MartletBroker/Broker.swift", line)]).isEmpty)
    }

    @Test(
        "Words that only look like clocks and tasks are spared",
        arguments: [
            "// await Date()", "let s = \"Task { Mutex }\"", "let asyncronous = factor", "/* a /* Mutex */ Task { } */",
            "x.nowhere",
        ]
    )
    func pure(line: String) {
        #expect(PurityRule(rooms: Room.all).findings(in: [file("Sources/MQTTSessions/Window.swift", line)]).isEmpty)
    }

    @Test(
        "Escapes are found",
        arguments: [
            "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var x = 0", "let a = try! f()",
            "let b = c as! D",
            "let e = f!", "let e = f()!.g", "let e = d[0]!", "var h: Int!", "bytes.withUnsafeBytes { $0 }",
            "func f(_ p: UnsafeMutablePointer<Int>) {}", "\"\\(f!)\"",
        ]
    )
    func escape(line: String) {
        let rule = EscapeRule()
        #expect(rule.findings(in: [file("Sources/A/A.swift", line)]).count == 1)
        #expect(rule.findings(in: [file("Sources/A/A.swift", "// it is fine\n\(line)")]).count == 1)
        #expect(
            rule.findings(in: [file("Sources/A/A.swift", "// Safe because a lock guards it,\n// always.\n\(line)")])
                .isEmpty
        )
        #expect(rule.findings(in: [file("Sources/A/A.swift", "\(line)  // Safe because so")]).isEmpty)
        let far = "// Safe because so\n" + String(repeating: "let a = 1\n", count: EscapeRule.reach + 1) + line
        #expect(rule.findings(in: [file("Sources/A/A.swift", far)]).count == 1)
    }

    @Test(
        "What only looks like an escape is spared",
        arguments: ["a != b", "!a", "a!=b", "a !== b", "\"stop!\"", "f(!a)", "// x!", "#\"a!\"#", "try? f() as? X"]
    )
    func noEscape(line: String) {
        #expect(EscapeRule().findings(in: [file("Sources/A/A.swift", line)]).isEmpty)
    }

    @Test("Long files and functions are found")
    func sizes() {
        func lines(_ count: Int) -> String { String(repeating: "    let a = 1\n", count: count) }
        let rule = SizeRule()
        #expect(rule.findings(in: [file("Sources/A/A.swift", lines(500))]).isEmpty)
        #expect(rule.findings(in: [file("Sources/A/A.swift", lines(501))]).count == 1)
        #expect(rule.findings(in: [file("Sources/A/A.generated.swift", lines(501))]).isEmpty)
        #expect(rule.findings(in: [file("Sources/A/A.swift", "func f() {\n\(lines(58))}\n")]).isEmpty)
        #expect(rule.findings(in: [file("Sources/A/A.swift", "func f() {\n\(lines(59))}\n")]).count == 1)
        #expect(rule.findings(in: [file("Sources/A/A.swift", "init(\n    a: Int\n) {\n\(lines(59))}\n")]).count == 1)
        let protocolText = "protocol P {\n    func f()\n    func g() throws -> Int\n}\n" + "struct S {\n\(lines(80))}\n"
        #expect(rule.findings(in: [file("Sources/A/A.swift", protocolText)]).isEmpty)
    }

    @Test("Names that say nothing are found in paths and declarations")
    func names() {
        let rule = NameRule()
        #expect(rule.findings(in: [file("Sources/A/Utils/B.swift", "")]).count == 1)
        #expect(rule.findings(in: [file("Sources/A/SessionManager.swift", "")]).count == 1)
        #expect(rule.findings(in: [file("Sources/A/B.swift", "final class SessionManager {}")]).count == 1)
        #expect(rule.findings(in: [file("Sources/A/B C.swift", "")]).count == 1)
        #expect(rule.findings(in: [file("Sources/A/B.swift", "let m = FileManager.default // class Helper")]).isEmpty)
    }

    @Test("Folders of a machine and hosts of registries are found")
    func machines() {
        let rule = MachineRule()
        let folder = "/" + "work"
        #expect(rule.findings(in: [file("a.md", "cd \(folder)/main")]).count == 1)
        #expect(rule.findings(in: [file("a.md", "(\(folder)/main)")]).count == 1)
        #expect(rule.findings(in: [file("Makefile", "pip install --index" + "-url x")]).count == 1)
        #expect(rule.findings(in: [file("a.md", "see frame\(folder)/main and $(TOP)\(folder)/x")]).isEmpty)
    }
}
