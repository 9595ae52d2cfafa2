import Journal
import StateStore

/// Questions about the whole.
extension BrokerEngine {
    /// Shows the broker: one step, whatever it holds.
    package func inspectBroker() -> InspectedBroker {
        InspectedBroker(
            statistics: statistics,
            version: configuration.version,
            startedAt: startedAt,
            now: now,
            connections: connections.count - freeConnections.count,
            groups: groupByName.count,
            journalBytes: log.totalBytes,
            journalLiveBytes: log.liveBytes,
            journalPages: log.isOn ? Int(clamping: log.open - log.firstPage) : 0,
            durablePage: log.durable,
            isJournaling: log.isOn,
            isRefusing: isRefusing,
            hasStateWatches: state.hasWatches || state.hasPrefixWatches
        )
    }

    /// The newest page with anything on it that was decided; when it is durable, so is everything up to now.
    ///
    /// Call it after a turn.
    package var decidedPage: UInt64 { log.writer.isEmpty ? log.open - 1 : log.open }

    /// The newest durable page.
    package var durablePage: UInt64 { log.isOn ? log.durable : .max }
}
