import Synchronization
import Temperatures

/// Keeps what an observer of the sample's handler is told.
final class EventLog: Sendable {
    private let events = Mutex<[HandlingEvent]>([])

    var all: [HandlingEvent] { events.withLock { $0 } }

    func append(_ event: HandlingEvent) {
        events.withLock { $0.append(event) }
    }
}
