import CrashPoints
import Synchronization

/// The points still to be hit, and how often each was.
final class CrashPointTally: Sendable {
    struct Job: Sendable {
        var arming: CrashPointArming
        /// For points of the broker: whether the replica outlives it.
        var alone: Bool
    }

    private struct State {
        var jobs: [Job]
        var hits: [CrashPoint: Int] = [:]
        var misses: [CrashPoint: Int] = [:]
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - rounds: How often each point is to be hit.
    ///   - seed: Decides the counts.
    init(rounds: Int, seed: UInt64) {
        var random = seed
        var jobs: [Job] = []
        for round in 0..<rounds {
            for point in CrashPoint.allCases {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let count = 1 + Int(random >> 33) % CrashPointLane.highestCount
                jobs.append(Job(arming: CrashPointArming(point, count: count), alone: round.isMultiple(of: 2)))
            }
        }
        state = Mutex(State(jobs: jobs.reversed()))
    }

    /// The next point to hit; `nil` when all is done.
    func next() -> Job? { state.withLock { $0.jobs.popLast() } }

    /// A point was hit or missed; missed ones are tried once more, with the lowest count.
    func done(_ job: Job, isHit: Bool) {
        state.withLock { state in
            if isHit {
                state.hits[job.arming.point, default: 0] += 1
            } else {
                state.misses[job.arming.point, default: 0] += 1
                guard job.arming.count > 1 else { return }
                state.jobs.insert(Job(arming: CrashPointArming(job.arming.point, count: 1), alone: job.alone), at: 0)
            }
        }
    }

    var hits: [CrashPoint: Int] { state.withLock { $0.hits } }

    /// One line a point.
    var table: String {
        state.withLock { state in
            CrashPoint.allCases.map { point in
                let missed = state.misses[point].map { ", missed \($0)" } ?? ""
                return "crash point \(point.rawValue) \(point): \(state.hits[point] ?? 0) hits\(missed)"
            }.joined(separator: "\n")
        }
    }
}
