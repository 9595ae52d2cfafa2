/// What the engine counted since its start; the shell turns it into metrics and `$SYS` topics.
package struct EngineStatistics: Sendable, Equatable {
    /// PUBLISH packets that came in.
    package var publishesReceived: UInt64 = 0
    /// QoS 2 PUBLISH packets that came again within their handshake, and were not routed again.
    package var repeatedPublishes: UInt64 = 0
    /// PUBLISH packets that went out.
    package var publishesSent: UInt64 = 0
    /// Deliveries acknowledged by their receiver.
    package var acknowledged: UInt64 = 0
    /// Messages refused with 0x97 because a limit was reached or the journal could not take them.
    package var refused: UInt64 = 0
    /// Copies not queued because the queue of that one session was full.
    package var droppedQueueFull: UInt64 = 0
    /// QoS 0 copies not sent because their receiver was slow, away or had no room.
    package var droppedQoS0: UInt64 = 0
    /// Copies not sent because they were beyond the receiver's Maximum Packet Size.
    package var droppedTooLarge: UInt64 = 0
    /// Copies whose message expiry passed before they were sent.
    package var expired: UInt64 = 0
    /// Shared deliveries handed to another member because their holder went away.
    package var redistributed: UInt64 = 0
    /// Requests to the state store, commits among them.
    package var stateRequests: UInt64 = 0
    /// Requests that were answered with an error, or not at all because they cannot be answered.
    package var stateRequestsRefused: UInt64 = 0
    /// Keys removed because their time was over.
    package var stateExpired: UInt64 = 0
    /// Commits that were done.
    package var commits: UInt64 = 0
    /// Commits of which nothing was done.
    package var commitsRefused: UInt64 = 0
    /// Deliveries handed back to come later.
    package var retried: UInt64 = 0
    /// Answers and notices that nobody took: no subscription, or no room.
    package var answersDropped: UInt64 = 0
    /// Bytes that came in.
    package var bytesReceived: UInt64 = 0
    /// Bytes that went out.
    package var bytesSent: UInt64 = 0
    /// CONNECTs and re-authentications of clients that did not prove who they are.
    package var authenticationsRefused: UInt64 = 0
    /// What the rules refused: connections, publishes, subscriptions, wills, keys.
    package var accessRefused: UInt64 = 0
    /// Times a client was not read from because of its rate.
    package var pauses: UInt64 = 0
    /// Clients disconnected because they did not take what was written for them.
    package var slowReaders: UInt64 = 0
    /// Connections closed by the engine because of what the peer did.
    package var protocolErrors: UInt64 = 0
    /// Messages that an operator took out of queues, and retained messages that one took away.
    package var purged: UInt64 = 0
    /// Connected clients now.
    package var connectedClients = 0 {
        didSet { maximumClients = max(maximumClients, connectedClients) }
    }
    /// The most clients that were connected at one time.
    package private(set) var maximumClients = 0
    /// Sessions now, connected or not.
    package var sessions = 0
    /// Subscriptions now.
    package var subscriptions = 0
    /// Retained messages now.
    package var retainedMessages = 0
    /// Keys of the state store now.
    package var stateKeys = 0
    /// Bytes of keys and values now.
    package var stateBytes = 0
    /// Messages kept now: queued, in flight or retained.
    package var storedMessages = 0
    /// Bytes of the messages kept now.
    package var storedBytes = 0

    package init() {}
}
