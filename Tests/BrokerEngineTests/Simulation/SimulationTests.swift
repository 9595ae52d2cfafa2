import Foundation
import Testing

/// Seeded orders of events and crashes.
///
/// A run plays always the same seeds, so that a change is judged and not luck; `MARTLET_SEEDS=10000 swift test --filter Simulation`
/// plays that many new ones, and `MARTLET_SEED=123` plays one again.
@Suite struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let defaultSeeds: UInt64 = 300
    private static let steps = 200

    private static var seeds: [UInt64] {
        if let seed = environment["MARTLET_SEED"].flatMap(UInt64.init) { return [seed] }
        guard let count = environment["MARTLET_SEEDS"].flatMap(Int.init) else { return Array(0..<defaultSeeds) }
        let start = UInt64.random(in: 1_000...1_000_000_000)
        return (0..<UInt64(count)).map { start + $0 }
    }

    @Test func nothingAcknowledgedIsLostAndNothingDoneComesBack() {
        var failures = 0
        var coverage: [String: Int] = [:]
        for seed in Self.seeds where failures < 3 {
            do throws(SimulationFailure) {
                if Self.environment["MARTLET_VERBOSE"] != nil {
                    FileHandle.standardError.write(Data("seed \(seed)\n".utf8))
                }
                let simulation = Simulation(seed: seed)
                if Self.environment["MARTLET_SEED"] != nil { simulation.eventsKept = .max }
                defer { coverage.merge(simulation.coverage) { $0 + $1 } }
                try simulation.run(steps: Self.steps)
            } catch {
                failures += 1
                Issue.record("\(error)")
            }
        }
        for (situation, count) in coverage.sorted(by: { $0.key < $1.key }) { print("\(count) times: \(situation)") }
    }
}
