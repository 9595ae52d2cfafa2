import Foundation
import Testing

/// `MARTLET_SEED=123 swift test --filter LevelBSimulation` plays one seed again; `MARTLET_SEEDS=10000` plays that many new ones.
@Suite("Level B, simulated", .timeLimit(.minutes(60)))
struct LevelBSimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let defaultSeeds: UInt64 = 150

    private static var seeds: [UInt64] {
        if let seed = environment["MARTLET_SEED"].flatMap(UInt64.init) { return [seed] }
        guard let count = environment["MARTLET_SEEDS"].flatMap(UInt64.init) else { return Array(0..<defaultSeeds) }
        let start = UInt64.random(in: 1_000...1_000_000_000)
        return (0..<count).map { start + $0 }
    }

    @Test("Messages that change several keys are applied once to each, whoever dies at whichever request")
    func appliedOnce() async throws {
        var (deaths, failures) = (0, 0)
        for seed in Self.seeds where failures < 3 {
            let simulation = LevelBSimulation(seed: seed)
            let findings = try await simulation.run()
            deaths += simulation.deaths
            guard !findings.isEmpty else { continue }
            failures += 1
            Issue.record("seed \(seed): \(findings.joined(separator: "; "))")
        }
        #expect(deaths > Self.seeds.count * 5, "replicas must die: \(deaths)")
    }
}
