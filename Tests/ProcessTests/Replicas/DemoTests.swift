import Foundation
import Testing

@testable import MartletCommand

@Suite("The demo as a process", .serialized, .timeLimit(.minutes(10)))
struct DemoTests {
    private struct Line: Decodable {
        var sent: Int
        var handled: Int
        var lost: Int
        var appliedTwice: Int
        var publishedTwice: Int
        var passed: Bool
    }

    private func demo(_ site: Site, _ arguments: String...) throws -> Running {
        // Folders of other demos on this machine are none of its business.
        try site.start("demo", ["demo", "--json"] + arguments, environment: ["TMPDIR": site.folder])
    }

    private func folders(_ site: Site) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: site.folder).filter { $0.hasPrefix("martlet-demo-") }
    }

    /// Waits until the demo has its processes.
    private func isUnderWay(_ site: Site) throws -> Bool {
        try folders(site).contains { FileManager.default.fileExists(atPath: "\(site.folder)/\($0)/replica-0.log") }
    }

    private func waitUntilUnderWay(_ site: Site) async throws {
        while try !isUnderWay(site) { await Task.yield() }
    }

    @Test("It ends with 0, and says in one line what it came to", arguments: [["--no-chaos"], [], ["--crash-points"]])
    func verdict(arguments: [String]) async throws {
        try await Site.with { site in
            let running = try site.start(
                "demo",
                ["demo", "--json", "--messages", "3000", "--rate", "600"] + arguments,
                environment: ["TMPDIR": site.folder]
            )
            #expect(await running.ended() == .exited(0), "\(site.log(of: "demo"))")
            let text = try #require(running.progress.value.lines.last)
            let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
            #expect(line.sent == 3_000 && line.handled == 3_000 && line.passed, "\(text)")
            #expect(line.lost == 0 && line.appliedTwice == 0 && line.publishedTwice == 0)
            #expect(try folders(site) == [])
        }
    }

    @Test("SIGTERM and SIGINT end it, its processes and its folder", arguments: [SIGTERM, SIGINT])
    func signalled(signal: Int32) async throws {
        try await Site.with { site in
            let running = try demo(site)
            try await waitUntilUnderWay(site)
            running.process.send(signal)
            #expect(await running.ended() == .exited(130))
            #expect(try folders(site) == [])
        }
    }

    @Test("Killed with -9 it leaves a folder, which the next one takes away")
    func killed() async throws {
        try await Site.with { site in
            let running = try demo(site)
            try await waitUntilUnderWay(site)
            await running.kill()
            #expect(try folders(site).count == 1)
            let next = try demo(site, "--messages", "500", "--no-chaos", "--rate", "0")
            #expect(await next.ended() == .exited(0), "\(site.log(of: "demo"))")
            #expect(try folders(site) == [])
        }
    }
}
