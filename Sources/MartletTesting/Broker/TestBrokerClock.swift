import BrokerEngine
import MartletBroker

/// The broker's time as a ``TestClock`` has it.
struct TestBrokerClock: BrokerClock {
    /// 2026-01-01T00:00:00Z: any fixed moment will do.
    private static let start: Int64 = 1_767_225_600_000

    let clock: TestClock

    var now: EngineTime {
        let passed = clock.now.offset.components
        return EngineTime(
            milliseconds: Self.start + passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000
        )
    }
}
