import Synchronization

/// Lets tasks go on one at a time, in an order drawn from a seed, and has their clock.
///
/// Each task comes to ``turn(until:)`` before whatever others could see; when all tasks are there, one goes on. So a seed decides
/// everything, and can be played again.
final class StepScheduler: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Waiting {
        var number: UInt64
        var deadline: Duration?
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = Duration.zero
        var numbers: SeededNumbers
        var active: Int
        var waiting: [Waiting] = []
        var last: UInt64 = 0
    }

    private let state: Mutex<State>

    /// Makes a scheduler for so many tasks.
    init(seed: UInt64, tasks: Int) {
        state = Mutex(State(numbers: SeededNumbers(seed), active: tasks))
    }

    var now: Instant { Instant(offset: state.withLock { $0.now }) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws { await turn(until: deadline.offset) }

    /// Draws a number below a bound.
    func draw(_ bound: Int) -> Int { state.withLock { $0.numbers.below(bound) } }

    /// Waits for the calling task's turn.
    func turn(until deadline: Duration? = nil) async {
        await withCheckedContinuation { continuation in
            let next = state.withLock { state in
                state.last += 1
                state.waiting.append(Waiting(number: state.last, deadline: deadline, continuation: continuation))
                state.active -= 1
                return Self.next(&state)
            }
            next?.resume()
        }
    }

    /// A task has ended.
    func ended() {
        let next = state.withLock { state in
            state.active -= 1
            return Self.next(&state)
        }
        next?.resume()
    }

    private static func next(_ state: inout State) -> CheckedContinuation<Void, Never>? {
        guard state.active == 0, !state.waiting.isEmpty else { return nil }
        let waiting = state.waiting.remove(at: state.numbers.below(state.waiting.count))
        if let deadline = waiting.deadline { state.now = max(state.now, deadline) }
        state.active = 1
        return waiting.continuation
    }
}
