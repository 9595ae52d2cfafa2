/// The broker as a whole, as an operator sees it.
package struct InspectedBroker: Sendable, Equatable {
    /// What it is made of, and what it counted since it started.
    package var statistics: EngineStatistics
    package var version: String
    /// When it was started.
    package var startedAt: EngineTime
    package var now: EngineTime
    /// Network connections, those without CONNECT among them.
    package var connections: Int
    /// Shared groups.
    package var groups: Int
    /// Bytes of the journal's pages, and of the facts on them that are alive.
    package var journalBytes: Int
    package var journalLiveBytes: Int
    /// Pages that are not dropped yet.
    package var journalPages: Int
    /// The newest durable page.
    package var durablePage: UInt64
    /// Whether there is a journal at all.
    package var isJournaling: Bool
    /// Whether new durable messages are refused because the journal is full.
    package var isRefusing: Bool
    /// Watches of the state store: of keys or prefixes.
    package var hasStateWatches: Bool
}
