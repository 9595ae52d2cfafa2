#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The time by which a worker waits and measures, whatever clock stands behind it.
package struct WorkerTime: Sendable {
    private let read: @Sendable () -> Duration
    private let wait: @Sendable (Duration) async throws -> Void
    private let wall: @Sendable () -> Double

    /// Reads a clock.
    ///
    /// - Parameters:
    ///   - clock: The clock; its present instant is the zero of ``now``.
    ///   - wall: The seconds since 1970, for what people and other programs read.
    package init(
        clock: any Clock<Duration>,
        wall: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
    ) {
        self.init(opening: clock, wall: wall)
    }

    private init<C: Clock<Duration>>(opening clock: C, wall: @escaping @Sendable () -> Double) {
        let start = clock.now
        self.read = { start.duration(to: clock.now) }
        self.wait = { try await clock.sleep(for: $0) }
        self.wall = wall
    }

    /// How much time has passed since this value was made.
    package var now: Duration { read() }

    /// Waits.
    ///
    /// - Parameter duration: How long.
    /// - Throws: `CancellationError` when the task was cancelled.
    package func sleep(_ duration: Duration) async throws {
        try await wait(duration)
    }

    /// The milliseconds since 1970.
    package var wallMilliseconds: Int64 { Int64((wall() * 1000).rounded(.down)) }

    /// The date and time in UTC, as ISO 8601 writes it.
    package var timestamp: String {
        Date(timeIntervalSince1970: wall()).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
