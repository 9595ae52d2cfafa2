import Foundation
import StateStoreClient
import Testing

/// Seeded lives of three processes that want one lease.
///
/// A run plays always the same seeds, so that a change is judged and not luck; `MARTLET_SEEDS=10000 swift test --filter
/// LeaseSimulation` plays that many new ones, and `MARTLET_SEED=123` plays one again.
@Suite("Leases, simulated", .timeLimit(.minutes(60)))
struct LeaseSimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let defaultSeeds = 150
    private static let seconds: Int64 = 40

    private static var seeds: [UInt64] {
        if let seed = environment["MARTLET_SEED"].flatMap(UInt64.init) { return [seed] }
        guard let count = environment["MARTLET_SEEDS"].flatMap(Int.init) else {
            return (0..<UInt64(defaultSeeds)) + [882_169_357]
        }
        let start = UInt64.random(in: 1_000_000...1_000_000_000)
        return (0..<UInt64(count)).map { start + $0 }
    }

    private static func play(_ world: LeaseSimulation.World, _ seeds: [UInt64]) -> [String: Int] {
        var coverage: [String: Int] = [:]
        var failures = 0
        for seed in seeds where failures < 3 {
            let simulation = LeaseSimulation(seed: seed, world)
            do throws(LeaseSimulationFailure) {
                try simulation.run(seconds: Self.seconds)
            } catch {
                failures += 1
                Issue.record("seed \(seed): \(Self.story(of: seed, world) ?? error)")
            }
            coverage.merge(simulation.coverage) { $0 + $1 }
        }
        for (what, count) in coverage.sorted(by: { $0.key < $1.key }) { print("\(count) times: \(what)") }
        return coverage
    }

    /// The failure of a seed again, with what happened before.
    private static func story(of seed: UInt64, _ world: LeaseSimulation.World) -> LeaseSimulationFailure? {
        let simulation = LeaseSimulation(seed: seed, world)
        simulation.keepsLog = true
        do throws(LeaseSimulationFailure) {
            try simulation.run(seconds: Self.seconds)
            return nil
        } catch {
            return error
        }
    }

    @Test func nobodyBelievesForTooLongAndNoEditIsLost() {
        let coverage = Self.play(LeaseSimulation.World(), Self.seeds)
        if Self.seeds.count >= Self.defaultSeeds {
            for what in [
                "a late write is fenced", "a lease is renewed", "a lease is lost (expired)", "an edit is applied",
            ] {
                #expect(coverage[what, default: 0] > 0, "the simulation must reach: \(what)")
            }
        }
    }

    @Test func theSameWhereMessagesOvertakeEachOther() {
        _ = Self.play(LeaseSimulation.World(keepsOrder: false), Self.seeds)
    }

    @Test func noEditIsLostThoughTheClockOfTheStoreJumps() {
        _ = Self.play(LeaseSimulation.World(clockJumps: true), Self.seeds)
        _ = Self.play(LeaseSimulation.World(keepsOrder: false, clockJumps: true), Self.seeds)
    }

    /// A simulation that finds nothing proves nothing: each of these worlds is wrong in one way, and is found.
    @Test(arguments: [
        ("the deadline counts from the answer", LeaseSimulation.World(faults: [.deadlineFromAnswer])),
        ("there is no margin", LeaseSimulation.World(faults: [.noMargin])),
        ("all holds have one name", LeaseSimulation.World(keepsOrder: false, faults: [.sameHolderAlways])),
        ("a restart forgets leases", LeaseSimulation.World(forgetsLeases: true)),
        ("edits carry no token", LeaseSimulation.World(isFenced: false)),
        ("an edit goes on in a later hold", LeaseSimulation.World(mixesHolds: true)),
        ("an edit does not fence first", LeaseSimulation.World(fencesFirst: false)),
    ])
    func findsWhatIsWrong(_ what: String, _ world: LeaseSimulation.World) {
        var found: UInt64?
        for seed in 0..<3_000 where found == nil {
            let simulation = LeaseSimulation(seed: UInt64(seed), world)
            do throws(LeaseSimulationFailure) {
                try simulation.run(seconds: Self.seconds)
            } catch {
                found = UInt64(seed)
                print("\(what): found with seed \(seed): \(error.message)")
            }
        }
        #expect(found != nil, "nothing was found where \(what)")
    }
}
