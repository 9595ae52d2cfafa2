package import BrokerEngine
import NIOCore
import Synchronization

/// Where the broker's time comes from.
package protocol BrokerClock: Sendable {
    /// Now.
    var now: EngineTime { get }
}

/// The machine's time: the wall clock once, at the start, and the monotonic clock from there on, so that it never goes back.
package struct SystemBrokerClock: BrokerClock {
    private let start: NIODeadline
    private let wallAtStart: Int64

    /// Reads the wall clock.
    package init() {
        start = .now()
        wallAtStart = wallMilliseconds()
    }

    package var now: EngineTime {
        EngineTime(milliseconds: wallAtStart + (NIODeadline.now() - start).nanoseconds / 1_000_000)
    }
}
