import Foundation
import PacketCases
import Testing

/// What the fuzzer once found, in `Fuzz/Failures`, is not found again.
@Suite struct FuzzFailureTests {
    @Test func pastFailuresStayMended() throws {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fuzz/Failures", isDirectory: true)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for file in files where file.pathExtension != "md" {
            let finding = FuzzInput.finding(Array(try Data(contentsOf: file)))
            #expect(finding == nil, "\(file.lastPathComponent)")
        }
    }

    @Test func seedsHoldWhatTheFuzzerChecks() {
        for seed in FuzzInput.seeds {
            let finding = FuzzInput.finding(seed)
            #expect(finding == nil, "\(seed)")
        }
    }
}
