import Metrics

/// What the client counts.
struct ClientMetrics: Sendable {
    let connections = Counter(label: "martlet_client_connections_total")
    let sessionsLost = Counter(label: "martlet_client_sessions_lost_total")
    let received = Counter(label: "martlet_client_messages_received_total")
    let acknowledged = Counter(label: "martlet_client_messages_acknowledged_total")
    let published = Counter(label: "martlet_client_messages_published_total")
    let droppedQoS0 = Counter(label: "martlet_client_messages_dropped_total")
    let unmatchedResponses = Counter(label: "martlet_client_unmatched_responses_total")
    let overruns = Counter(label: "martlet_client_receive_maximum_overruns_total")
    let waiting = Gauge(label: "martlet_client_publishes_waiting")
}
