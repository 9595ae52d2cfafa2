import Foundation
import PacketCases
import Testing

/// Scripts by a seed, in the tests of every day; `Fuzz/run 60 FuzzEngine` looks for others by what they cover.
@Suite struct EngineScriptTests {
    private static let seeds: [UInt64] = (1...8).map { $0 }

    @Test(arguments: seeds)
    func nothingThatPeersSendBreaksTheEngine(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for number in 0..<60 {
            let script = Self.script(&random)
            let findings = EngineScript.findings(script)
            #expect(findings.isEmpty, "seed \(seed), script \(number): \(script)")
            if !findings.isEmpty { return }
        }
    }

    /// What the fuzzer once found, kept as files; they hold now.
    @Test func pastFailuresStayMended() throws {
        let folder = URL(fileURLWithPath: "\(#filePath)").deletingLastPathComponent()
            .appendingPathComponent("../../../Fuzz/Failures").standardized
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for file in files where file.lastPathComponent.hasPrefix("engine-") {
            #expect(EngineScript.findings(Array(try Data(contentsOf: file))).isEmpty, "\(file.lastPathComponent)")
        }
    }

    @Test func aScriptOfGoodPacketsIsPlayed() {
        #expect(EngineScript.packets.count > 200)
        #expect(EngineScript.findings([]).isEmpty)
    }

    /// Mostly whole packets of the table, some of them with a byte changed, and everything else that can happen.
    private static func script(_ random: inout SplitMix64) -> [UInt8] {
        var script: [UInt8] = []
        for place in 0..<4 as Range<UInt8> { script += [place << 4 | 9, UInt8.random(in: 0...255, using: &random)] }
        for _ in 0..<Int.random(in: 20...200, using: &random) {
            let place = UInt8.random(in: 0...15, using: &random) << 4
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<9:
                script += [
                    place | 5, UInt8.random(in: 0...255, using: &random), UInt8.random(in: 0...255, using: &random),
                ]
            case 9..<13:
                var packet = random.pick(EngineScript.packets)
                packet[Int.random(in: 0..<packet.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                script += [place | 1, UInt8(packet.count)] + packet
            case 13, 14: script += [place | 9, UInt8.random(in: 0...255, using: &random)]
            case 15, 16: script += [place | 15]
            case 17: script += [place | 11, UInt8.random(in: 0...255, using: &random)]
            default:
                script += [
                    place | UInt8.random(in: 10...14, using: &random), UInt8.random(in: 0...255, using: &random),
                ]
            }
        }
        return script
    }
}
