import Foundation
import Testing

@testable import MartletCommand

@Suite("Input files")
struct InputFileTests {
    private func lines(of text: String) async throws -> [String] {
        let path = FileManager.default.temporaryDirectory.appending(path: "martlet-lines-\(UUID().uuidString)").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try InputFile(path: path)
        var lines: [String] = []
        while let line = try await file.nextLine() { lines.append(String(decoding: line, as: UTF8.self)) }
        #expect(try await file.nextLine() == nil)
        return lines
    }

    @Test("Lines are read one by one")
    func lines() async throws {
        #expect(try await lines(of: "a\nb\n") == ["a", "b"])
        #expect(try await lines(of: "a\n\nb") == ["a", "", "b"])
        #expect(try await lines(of: "") == [])
        #expect(try await lines(of: "\n") == [""])
    }

    @Test("Lines longer than what is read at once stay whole")
    func longLines() async throws {
        let long = String(repeating: "x", count: 200_000)
        #expect(try await lines(of: "\(long)\n\(long)y\nz") == [long, long + "y", "z"])
    }

    @Test("A file that is not there is named in the failure")
    func missing() {
        let failure = #expect(throws: CommandFailure.self) { try InputFile(path: "/nowhere/at-all") }
        #expect(failure?.message.contains("/nowhere/at-all") == true)
    }
}
