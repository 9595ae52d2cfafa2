import Martlet
import Synchronization

/// Lets a worker die at a chosen step of a handling.
final class Crashes: Sendable {
    private struct State {
        var armed: WorkerCrashPoint?
        var isDying = false
        var reached: CheckedContinuation<Void, Never>?
        var run: Task<Void, any Error>?
    }

    private let state = Mutex(State())

    /// Starts the worker's run; once.
    ///
    /// - Parameter run: The run.
    func begin(_ run: @escaping @Sendable () async throws -> Void) {
        state.withLock { state in
            precondition(state.run == nil, "A worker is started once")
            state.run = Task { try await run() }
        }
    }

    /// Waits for the end of the run.
    ///
    /// - Throws: What the run threw, but for a crash.
    func end() async throws {
        let (run, isDying) = state.withLock { ($0.run, $0.isDying) }
        do {
            try await run?.value
        } catch  where isDying {}
    }

    /// Dies at a point.
    ///
    /// - Parameter point: The instant.
    func crash(at point: WorkerCrashPoint) async {
        if point != .now {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    precondition(state.reached == nil, "A worker dies once")
                    state.armed = point
                    state.reached = continuation
                }
            }
        }
        let run = state.withLock { state in
            state.isDying = true
            return state.run
        }
        run?.cancel()
        _ = await run?.result
    }

    /// Is called between the steps of every handling; does not return when the worker is to die there.
    ///
    /// - Parameter step: The step that ended.
    func pass(_ step: HandlingStep) async {
        let (isDying, reached) = state.withLock { state in
            if state.armed == step.crashPoint { state.isDying = true }
            guard state.isDying else { return (false, CheckedContinuation<Void, Never>?.none) }
            defer { state.reached = nil }
            return (true, state.reached)
        }
        reached?.resume()
        if isDying { await waitForDeath() }
    }

    /// Waits until the task is cancelled, which is how its worker dies.
    private func waitForDeath() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        defer { continuation.finish() }
        for await _ in stream {}
    }
}

extension HandlingStep {
    fileprivate var crashPoint: WorkerCrashPoint {
        switch self {
        case .taken: .beforeHandler
        case .returned: .afterHandler
        case .published: .beforeAcknowledgement
        }
    }
}
