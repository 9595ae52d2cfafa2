import Foundation
import Testing

/// Seeded orders of events and crashes.
///
/// `MARTLET_SEED=123 swift test --filter Simulation` plays one seed again; `MARTLET_SEEDS=10000` plays that many.
@Suite struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let defaultSeeds = 300
    private static let steps = 200

    private static var seeds: [UInt64] {
        if let seed = environment["MARTLET_SEED"].flatMap(UInt64.init) { return [seed] }
        let count = environment["MARTLET_SEEDS"].flatMap(Int.init) ?? defaultSeeds
        // Always some that are the same, and some that are new.
        let start = UInt64.random(in: 1_000...1_000_000_000)
        return (0..<count).map { $0 < count / 2 ? UInt64($0) : start + UInt64($0) }
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
