import Synchronization

/// A clock that stands still until a test moves it.
///
/// ```swift
/// let clock = TestClock()
/// configuration.clock = clock
/// …
/// await clock.sleepers(atLeast: 1)   // the handler failed, and waits for its next attempt
/// clock.advance(by: .seconds(10))    // now it is tried again
/// ```
public final class TestClock: Clock, Sendable {
    /// A point in the time of a ``TestClock``.
    public struct Instant: InstantProtocol, Sendable {
        /// How much time had passed since the clock was made.
        public var offset: Duration

        /// Makes a point in time.
        ///
        /// - Parameter offset: How much time had passed since the clock was made.
        public init(offset: Duration = .zero) {
            self.offset = offset
        }

        /// The point in time that is later by a duration.
        ///
        /// - Parameter duration: By how much.
        /// - Returns: The later point.
        public func advanced(by duration: Duration) -> Instant {
            Instant(offset: offset + duration)
        }

        /// How much later another point is.
        ///
        /// - Parameter other: The other point.
        /// - Returns: The time between them.
        public func duration(to other: Instant) -> Duration {
            other.offset - offset
        }

        /// Orders points in time from early to late.
        public static func < (left: Instant, right: Instant) -> Bool {
            left.offset < right.offset
        }
    }

    private struct Sleeper {
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = Instant()
        var nextNumber: UInt64 = 0
        var sleepers: [UInt64: Sleeper] = [:]
        var watchers: [Watcher] = []
    }

    private let state = Mutex(State())

    /// Makes a clock that stands at zero.
    public init() {}

    /// Where the clock stands.
    public var now: Instant { state.withLock { $0.now } }

    /// The smallest step that the clock can make.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// How many tasks sleep by this clock.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Sleeps until the test has moved the clock far enough.
    ///
    /// - Parameters:
    ///   - deadline: When to wake up.
    ///   - tolerance: Not looked at.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                fallAsleep(number, Sleeper(deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private func fallAsleep(_ number: UInt64, _ sleeper: Sleeper) {
        var result: Result<Void, any Error>?
        var content: [Watcher] = []
        state.withLock { state in
            // The cancellation handler may have run before this sleeper was in the table: so look here, under the lock.
            if Task.isCancelled {
                result = .failure(CancellationError())
            } else if sleeper.deadline <= state.now {
                result = .success(())
            } else {
                state.sleepers[number] = sleeper
                content = state.watchers.filter { $0.count <= state.sleepers.count }
                state.watchers.removeAll { $0.count <= state.sleepers.count }
            }
        }
        if let result { sleeper.continuation.resume(with: result) }
        for watcher in content { watcher.continuation.resume() }
    }

    /// Moves the clock, and wakes those whose time has come, the earliest first.
    ///
    /// - Parameter duration: By how much; not negative.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "Time does not run backwards")
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
        }
        for (_, sleeper) in woken { sleeper.continuation.resume() }
    }

    /// Waits until so many tasks sleep by this clock.
    ///
    /// - Parameter count: How many.
    public func sleepers(atLeast count: Int) async {
        await withCheckedContinuation { continuation in
            let isContent = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append(Watcher(count: count, continuation: continuation))
                return false
            }
            if isContent { continuation.resume() }
        }
    }
}
