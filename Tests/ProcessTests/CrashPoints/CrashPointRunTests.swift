import CrashPoints
import Foundation
import Testing

/// Real processes die at each numbered point, and what is left is always exactly before or exactly after.
///
/// `CRASH_POINT_ROUNDS` says how often each point is hit (`make test` says 20), `CRASH_POINT_SEED` decides the counts.
@Suite("Crash points in real processes", .serialized, .timeLimit(.minutes(20)))
struct CrashPointRunTests {
    /// So many sites at once: they mostly wait for processes to start.
    private static let lanes = 3

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    @Test("Every point is hit, and the outcome is before or after, never between")
    func everyPoint() async throws {
        let rounds = Self.setting("CRASH_POINT_ROUNDS") ?? 1
        let seed = UInt64(Self.setting("CRASH_POINT_SEED") ?? Int.random(in: 1...Int(Int32.max)))
        let tally = CrashPointTally(rounds: rounds, seed: seed)
        print("crash points: \(rounds) rounds, CRASH_POINT_SEED=\(seed)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(Self.lanes, rounds + 1) {
                group.addTask { try await Self.run(tally) }
            }
            try await group.waitForAll()
        }
        print(tally.table)
        for point in CrashPoint.allCases {
            #expect((tally.hits[point] ?? 0) >= rounds, "\(point) was hit \(tally.hits[point] ?? 0) times")
        }
    }

    private static func run(_ tally: CrashPointTally) async throws {
        try await Site.with { site in
            try site.startBroker()
            try await Bench.with(site) { bench in
                let lane = CrashPointLane(site: site, bench: bench)
                while let job = tally.next() {
                    let (isHit, findings) = try await lane.hit(job.arming, alone: job.alone)
                    for finding in findings {
                        Issue.record("\(job.arming.point) at \(job.arming.count): \(finding)")
                    }
                    tally.done(job, isHit: isHit)
                }
            }
        }
    }
}
