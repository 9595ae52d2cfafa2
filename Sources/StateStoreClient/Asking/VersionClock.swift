import StateStore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The client's own hybrid logical clock: later than all that it gave and, within bounds, than all that it saw.
final class VersionClock: Sendable {
    private let node: String
    private let milliseconds: @Sendable () -> Int64
    private let clock: Mutex<StateClock>

    init(node: String, maximumDrift: Duration, milliseconds: (@Sendable () -> Int64)?) {
        self.node = node
        self.milliseconds = milliseconds ?? { Int64(Date().timeIntervalSince1970 * 1_000) }
        self.clock = Mutex(StateClock(maximumDrift: maximumDrift.components.seconds * 1_000))
    }

    /// A version for something that happens now.
    func now() -> StateVersion {
        let milliseconds = self.milliseconds()
        let instant = self.clock.withLock { clock in
            do throws(StateError) {
                return try clock.tick(now: milliseconds)
            } catch {
                // Nothing was shown to it, so nothing can be too far ahead.
                return clock.last
            }
        }
        return StateVersion(instant: instant, node: self.node)
    }

    /// Merges a version that came from elsewhere.
    ///
    /// - Parameter version: The version.
    /// - Returns: Whether it was near enough to be merged.
    @discardableResult
    func see(_ version: StateVersion) -> Bool {
        let milliseconds = self.milliseconds()
        return self.clock.withLock { clock in
            if clock.isTooFarAhead(version.instant, now: milliseconds) { return false }
            clock.advance(past: version.instant)
            return true
        }
    }
}
