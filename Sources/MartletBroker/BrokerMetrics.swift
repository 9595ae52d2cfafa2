import BrokerEngine
import Metrics

/// The engine's counts as swift-metrics, recorded once a tick: nothing on the hot path.
final class BrokerMetrics {
    private let gauges: [(Gauge, (EngineStatistics) -> Double)]
    private let counters: [(Counter, (EngineStatistics) -> UInt64)]
    private let journalTotal = Gauge(label: "martlet_broker_journal_bytes")
    private let journalLive = Gauge(label: "martlet_broker_journal_live_bytes")
    private var last = EngineStatistics()

    init() {
        gauges = [
            (Gauge(label: "martlet_broker_clients_connected"), { Double($0.connectedClients) }),
            (Gauge(label: "martlet_broker_sessions"), { Double($0.sessions) }),
            (Gauge(label: "martlet_broker_subscriptions"), { Double($0.subscriptions) }),
            (Gauge(label: "martlet_broker_retained_messages"), { Double($0.retainedMessages) }),
            (Gauge(label: "martlet_broker_stored_messages"), { Double($0.storedMessages) }),
            (Gauge(label: "martlet_broker_stored_bytes"), { Double($0.storedBytes) }),
            (Gauge(label: "martlet_broker_state_keys"), { Double($0.stateKeys) }),
            (Gauge(label: "martlet_broker_state_bytes"), { Double($0.stateBytes) }),
        ]
        counters = [
            (Counter(label: "martlet_broker_publishes_received_total"), \.publishesReceived),
            (Counter(label: "martlet_broker_publishes_sent_total"), \.publishesSent),
            (Counter(label: "martlet_broker_acknowledged_total"), \.acknowledged),
            (Counter(label: "martlet_broker_refused_total"), \.refused),
            (Counter(label: "martlet_broker_dropped_queue_full_total"), \.droppedQueueFull),
            (Counter(label: "martlet_broker_dropped_qos0_total"), \.droppedQoS0),
            (Counter(label: "martlet_broker_dropped_too_large_total"), \.droppedTooLarge),
            (Counter(label: "martlet_broker_expired_total"), \.expired),
            (Counter(label: "martlet_broker_redistributed_total"), \.redistributed),
            (Counter(label: "martlet_broker_state_requests_total"), \.stateRequests),
            (Counter(label: "martlet_broker_state_requests_refused_total"), \.stateRequestsRefused),
            (Counter(label: "martlet_broker_state_expired_total"), \.stateExpired),
            (Counter(label: "martlet_broker_commits_total"), \.commits),
            (Counter(label: "martlet_broker_commits_refused_total"), \.commitsRefused),
            (Counter(label: "martlet_broker_retried_total"), \.retried),
            (Counter(label: "martlet_broker_answers_dropped_total"), \.answersDropped),
            (Counter(label: "martlet_broker_received_bytes_total"), \.bytesReceived),
            (Counter(label: "martlet_broker_sent_bytes_total"), \.bytesSent),
            (Counter(label: "martlet_broker_protocol_errors_total"), \.protocolErrors),
            (Counter(label: "martlet_broker_authentications_refused_total"), \.authenticationsRefused),
            (Counter(label: "martlet_broker_access_refused_total"), \.accessRefused),
        ]
    }

    func record(_ statistics: EngineStatistics, journal: (total: Int, live: Int)) {
        for (gauge, value) in gauges { gauge.record(value(statistics)) }
        for (counter, value) in counters {
            let grown = value(statistics) - value(last)
            if grown > 0 { counter.increment(by: Int64(clamping: grown)) }
        }
        journalTotal.record(journal.total)
        journalLive.record(journal.live)
        last = statistics
    }
}
