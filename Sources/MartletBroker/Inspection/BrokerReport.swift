import BrokerEngine

/// The broker as a whole, for an operator.
package struct BrokerReport: Codable, Sendable, Equatable {
    /// How full something is.
    package struct Usage: Codable, Sendable, Equatable {
        package var used: Int
        package var limit: Int

        package init(used: Int, limit: Int) {
            self.used = used
            self.limit = limit
        }
    }

    /// What the journal holds.
    package struct Journal: Codable, Sendable, Equatable {
        /// Bytes of its pages.
        package var bytes: Int
        /// Bytes of the facts on them that are alive.
        package var liveBytes: Int
        package var pages: Int
        /// Bytes decided and not written yet.
        package var unwrittenBytes: Int
        /// Free bytes of its disk; nil where nobody knows.
        package var freeBytes: UInt64?
        /// Whether new durable messages are refused because it is full.
        package var isRefusing: Bool
    }

    /// What was found when the broker started.
    package struct Recovery: Codable, Sendable, Equatable {
        package var sessions: Int
        package var subscriptions: Int
        package var messages: Int
        package var retained: Int
        package var stateKeys: Int
        package var unreadableRecords: Int
        package var lostSessions: Int
    }

    package var version: String
    /// Seconds since it was started.
    package var uptime: Int
    /// When it was started, in seconds since 1970.
    package var startedAt: Int
    /// What was counted since then, by name.
    package var counters: [String: UInt64]
    /// How full what has a limit is, by the name of the limit.
    package var limits: [String: Usage]
    package var groups: Int
    package var subscriptions: Int
    package var connectedClients: Int
    package var maximumClients: Int
    /// Nil for a broker in memory.
    package var journal: Journal?
    /// Nil for a broker in memory.
    package var recovery: Recovery?
}

extension BrokerReport.Recovery {
    init(_ summary: RecoverySummary) {
        sessions = summary.sessions
        subscriptions = summary.subscriptions
        messages = summary.messages
        retained = summary.retained
        stateKeys = summary.stateKeys
        unreadableRecords = summary.unreadableRecords
        lostSessions = summary.lostSessions
    }
}
