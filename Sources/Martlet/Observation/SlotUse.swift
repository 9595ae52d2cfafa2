import Metrics
import Synchronization

/// Counts the slots that hold a message, and shows the count.
///
/// The slot that is taken before a message comes is not among them. The gauge is set under the lock, so that
/// the last of two changes at a time is also the last that is shown.
final class SlotUse: Sendable {
    private let count = Mutex(0)
    private let gauge: Gauge

    /// Begins with none.
    ///
    /// - Parameter gauge: Shows the count.
    init(gauge: Gauge) {
        self.gauge = gauge
    }

    /// Counts messages that came or went.
    ///
    /// - Parameter difference: How many; negative for those that went.
    func change(by difference: Int) {
        count.withLock { count in
            count += difference
            gauge.record(count)
        }
    }
}
