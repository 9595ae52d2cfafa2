package import BrokerEngine

/// One of the numbers that a broker tells of itself: its name in metrics, what it means, and where it stands.
package struct BrokerFigure: Sendable {
    /// How the number behaves.
    package enum Kind: Sendable, Equatable {
        /// It only grows, from 0 at the start.
        case counter
        /// It goes up and down.
        case gauge
    }

    /// The name, without `martlet_broker_` before it and `_total` behind it.
    package let name: String
    /// What it counts.
    package let help: String
    package let kind: Kind
    /// The number, of what the engine counted.
    package let value: @Sendable (EngineStatistics) -> UInt64

    /// The whole name in metrics.
    package var label: String { "martlet_broker_\(name)\(kind == .counter ? "_total" : "")" }

    private static func counter(
        _ name: String,
        _ help: String,
        _ value: @escaping @Sendable (EngineStatistics) -> UInt64
    ) -> BrokerFigure {
        BrokerFigure(name: name, help: help, kind: .counter, value: value)
    }

    private static func gauge(
        _ name: String,
        _ help: String,
        _ value: @escaping @Sendable (EngineStatistics) -> Int
    ) -> BrokerFigure {
        BrokerFigure(name: name, help: help, kind: .gauge) { UInt64(max(0, value($0))) }
    }

    /// All of them.
    package static let all: [BrokerFigure] = [
        gauge("clients_connected", "Clients that are connected.") { $0.connectedClients },
        gauge("clients_maximum", "The most clients that were connected at one time.") { $0.maximumClients },
        gauge("sessions", "Sessions, connected or not.") { $0.sessions },
        gauge("subscriptions", "Subscriptions.") { $0.subscriptions },
        gauge("retained_messages", "Retained messages.") { $0.retainedMessages },
        gauge("stored_messages", "Messages kept: queued, in flight or retained.") { $0.storedMessages },
        gauge("stored_bytes", "Bytes of the messages kept.") { $0.storedBytes },
        gauge("state_keys", "Keys of the state store.") { $0.stateKeys },
        gauge("state_bytes", "Bytes of keys and values of the state store.") { $0.stateBytes },
        counter("publishes_received", "PUBLISH packets that came in.") { $0.publishesReceived },
        counter("publishes_sent", "PUBLISH packets that went out.") { $0.publishesSent },
        counter("acknowledged", "Deliveries acknowledged by their receiver.") { $0.acknowledged },
        counter("refused", "Messages refused because a limit was reached or the journal was full.") { $0.refused },
        counter("dropped_queue_full", "Copies not queued because the queue of that session was full.") {
            $0.droppedQueueFull
        },
        counter("dropped_qos0", "QoS 0 copies not sent because their receiver was slow or away.") { $0.droppedQoS0 },
        counter("dropped_too_large", "Copies beyond the receiver's Maximum Packet Size.") { $0.droppedTooLarge },
        counter("expired", "Copies whose message expiry passed before they were sent.") { $0.expired },
        counter("purged", "Messages that an operator took away.") { $0.purged },
        counter("redistributed", "Shared deliveries that came back because their holder went away.") {
            $0.redistributed
        },
        counter("state_requests", "Requests to the state store, commits among them.") { $0.stateRequests },
        counter("state_requests_refused", "Requests to the state store that were answered with an error.") {
            $0.stateRequestsRefused
        },
        counter("state_expired", "Keys of the state store removed because their time was over.") { $0.stateExpired },
        counter("commits", "Commits that were done.") { $0.commits },
        counter("commits_refused", "Commits of which nothing was done.") { $0.commitsRefused },
        counter("retried", "Deliveries handed back to come later.") { $0.retried },
        counter("answers_dropped", "Answers and notices of the state store that nobody took.") { $0.answersDropped },
        counter("received_bytes", "Bytes that came in.") { $0.bytesReceived },
        counter("sent_bytes", "Bytes that went out.") { $0.bytesSent },
        counter("protocol_errors", "Connections closed because of what the peer sent.") { $0.protocolErrors },
        counter("pauses", "Times a client was not read from for a while, because it was past its rate.") { $0.pauses },
        counter("slow_readers", "Clients disconnected because they took nothing.") { $0.slowReaders },
        counter("authentications_refused", "Clients that did not prove who they are.") { $0.authenticationsRefused },
        counter("access_refused", "What the rules refused: connections, publishes, subscriptions, keys.") {
            $0.accessRefused
        },
    ]
}
